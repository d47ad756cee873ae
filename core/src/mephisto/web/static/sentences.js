// Every sentence that a worker reads, in the language that the task or the browser asks for.

import { german } from "./sentences-de.js";
import { english } from "./sentences-en.js";

const CATALOGUES = { en: english, de: german };

let language = languageOfShell() ?? languageOfBrowser();

// Speak the language *asked*, or the browser's where it is null; the page inside the shell does so too.
export function chooseLanguage(asked) {
  language = asked in CATALOGUES ? asked : languageOfBrowser();
  document.documentElement.lang = language;
  document.documentElement.dataset.mephistoLanguage = language;
}

// A `{name}` in a sentence is filled in from *values*.
export function say(name, values = {}) {
  return CATALOGUES[language][name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

// What the server says in English, as a sentence of the catalogue where it has one of this name.
export function translated(name, sentence) {
  return CATALOGUES[language][name] ?? sentence;
}

function languageOfBrowser() {
  const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.toLowerCase().split("-")[0]);
  return wanted.find((tag) => tag in CATALOGUES) ?? "en";
}

function languageOfShell() {
  try {
    return window.parent === window ? null : (window.parent.document.documentElement.dataset.mephistoLanguage ?? null);
  } catch {
    return null; // around the shell there is another site
  }
}
