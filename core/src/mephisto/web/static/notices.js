// What the worker is told: a short state in the bar, or a notice in place of the page.

import { say } from "./sentences.js";

export const place = document.getElementById("place");
const state = document.getElementById("state");
const time = document.getElementById("time");
const spoken = document.getElementById("spoken");

export function tell(name, asks = false, values = {}) {
  state.textContent = name === null ? "" : say(name, values);
  state.classList.toggle("asks", asks);
}

// Where there is no time to show, nothing that was said of it holds any more.
export function showTime(text) {
  time.textContent = text;
  if (text === "") {
    spoken.textContent = "";
    time.classList.remove("asks");
  }
}

// Say it to whoever listens instead of looking; others see the time that is left.
export function announce(name) {
  spoken.textContent = say(name);
  time.classList.add("asks");
}

// In the dark, the bar is bright above a page without a dark look of its own: *color* is that of the page's text.
export function brighten(color) {
  const [red, green, blue] = color.match(/\d+/g).map(Number);
  document.documentElement.classList.toggle("bright", red + green + blue < 384);
}

// Each action has a label and what it runs; the first is the one that is meant, unless it is quiet.
export function notice({ title, text, receipt, saved = false, actions = [] }) {
  tell(null);
  showTime("");
  const section = document.createElement("section");
  const add = (parent, name, words = "", properties = {}) =>
    parent.appendChild(Object.assign(document.createElement(name), { textContent: words, ...properties }));
  section.className = "notice";
  section.classList.toggle("saved", saved);
  const heading = add(section, "h2", title, { tabIndex: -1 });
  add(section, "p", text);
  if (receipt) {
    const list = add(section, "dl", "", { className: "receipt" });
    add(list, "dt", say("receipt"));
    add(list, "dd", receipt);
  }
  const buttons = add(section, "div", "", { className: "actions" });
  for (const { label, run, quiet } of actions) {
    add(buttons, "button", label, { className: quiet ? "quiet" : "", onclick: run });
  }
  place.replaceChildren(section);
  document.documentElement.classList.remove("bright");
  // Whoever does not see the page hears what it says now.
  heading.focus();
}
