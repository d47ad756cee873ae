// JSON as people read it. All of it comes from workers, so that it is only ever text.

import { make } from "./making.js";

const CLIPPED = 2000;
const MOST_ENTRIES = 200;

export function fields(object) {
  const entries = Object.entries(object);
  if (entries.length === 0) {
    return make("p", { class: "quiet" }, "Nothing.");
  }
  const shown = entries.slice(0, MOST_ENTRIES).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, shownValue(value))));
  return make("div", {}, make("dl", { class: "fields" }, shown), more(entries.length));
}

export function shownValue(value) {
  if (value === null || value === "" || value === undefined) {
    return make("span", { class: "quiet" }, "nothing");
  }
  if (Array.isArray(value)) {
    if (value.length === 0) {
      return make("span", { class: "quiet" }, "none");
    }
    return make("div", {}, make("ul", {}, value.slice(0, MOST_ENTRIES).map((inner) => make("li", {}, shownValue(inner)))), more(value.length));
  }
  return typeof value === "object" ? fields(value) : text(String(value));
}

function text(whole) {
  if (whole.length <= CLIPPED) {
    return make("span", { class: "text" }, whole);
  }
  const shown = make("span", { class: "text" }, `${whole.slice(0, CLIPPED)}…`);
  const button = make(
    "button",
    {
      type: "button",
      class: "plain",
      click() {
        shown.textContent = whole;
        button.remove();
      },
    },
    `Show all ${whole.length} characters`,
  );
  return make("span", {}, shown, " ", button);
}

function more(number) {
  return number > MOST_ENTRIES ? make("p", { class: "quiet" }, `… and ${number - MOST_ENTRIES} more.`) : null;
}
