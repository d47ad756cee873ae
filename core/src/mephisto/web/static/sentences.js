// Every sentence that a worker reads, in the language that the task or the browser asks for.

const LANGUAGES = ["en", "de"];
// Who asks for all of it again, since a part did not load, asks by another address.
const AGAIN = new URL(import.meta.url).search;

let language = languageOfShell() ?? languageOfBrowser();
let catalogue = await load("sentences");

// Speak the language *asked*, or the browser's where it is null; the page inside the shell does so too.
export async function chooseLanguage(asked) {
  language = LANGUAGES.includes(asked) ? asked : languageOfBrowser();
  catalogue = await load("sentences");
  document.documentElement.lang = language;
  document.documentElement.dataset.mephistoLanguage = language;
}

// Some sentences are brought only when they are needed.
export async function bring(part) {
  catalogue = { ...catalogue, ...(await load(part)) };
}

// A `{name}` in a sentence is filled in from *values*.
export function say(name, values = {}) {
  return catalogue[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// What the server says in English, as a sentence of the catalogue where it has one of this name.
export function translated(name, sentence) {
  return catalogue[name] ?? sentence;
}

async function load(part) {
  return (await import(`./${part}-${language}.js${AGAIN}`)).sentences;
}

function languageOfBrowser() {
  const wanted = navigator.languages.map((tag) => tag.toLowerCase().split("-")[0]);
  return wanted.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

function languageOfShell() {
  try {
    return window.parent.document.documentElement.dataset.mephistoLanguage;
  } catch {
    // Around this page there is another site.
    return null;
  }
}
