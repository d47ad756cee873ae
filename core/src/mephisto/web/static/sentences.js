// Every sentence that a worker reads, in the language that the task or the browser asks for.

const LANGUAGES = ["en", "de"];

let catalogue = await load(languageOfShell() ?? languageOfBrowser());

// Speak the language *asked*, or the browser's where it is null; the page inside the shell does so too.
export async function chooseLanguage(asked) {
  const chosen = LANGUAGES.includes(asked) ? asked : languageOfBrowser();
  catalogue = await load(chosen);
  document.documentElement.lang = chosen;
  document.documentElement.dataset.mephistoLanguage = chosen;
}

// A `{name}` in a sentence is filled in from *values*.
export function say(name, values = {}) {
  return catalogue[name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

// What the server says in English, as a sentence of the catalogue where it has one of this name.
export function translated(name, sentence) {
  return catalogue[name] ?? sentence;
}

async function load(language) {
  return (await import(`./sentences-${language}.js`)).sentences;
}

function languageOfBrowser() {
  const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.toLowerCase().split("-")[0]);
  return wanted.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

function languageOfShell() {
  try {
    return window.parent === window ? null : (window.parent.document.documentElement.dataset.mephistoLanguage ?? null);
  } catch {
    return null; // around the shell there is another site
  }
}
