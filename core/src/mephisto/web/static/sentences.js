// Every sentence that a worker reads, in the language that the task or the browser asks for.

const LANGUAGES = ["en", "de"];

// What the task asks for is written into the shell.
export const language = known(document.documentElement.dataset.language) ?? languageOfBrowser();
let catalogue = await load("sentences", language);

// Some sentences are brought only when they are needed, and within the page in the shell's language.
export async function bring(part, asked = language) {
  catalogue = { ...catalogue, ...(await load(part, known(asked) ?? language)) };
}

// A `{name}` in a sentence is filled in from *values*.
export function say(name, values = {}) {
  return catalogue[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// What the server says in English, as a sentence of the catalogue where it has one of this name.
export function translated(name, sentence) {
  return catalogue[name] ?? sentence;
}

async function load(part, language) {
  return (await import(`./${part}-${language}.js`)).sentences;
}

function known(tag) {
  return LANGUAGES.find((language) => language === tag?.toLowerCase().split("-")[0]);
}

function languageOfBrowser() {
  return navigator.languages.map(known).find(Boolean) ?? "en";
}
