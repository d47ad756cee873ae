// Keys, wherever they are pressed: what they do, unless something is being written.

import { isAsking } from "./questions.js";

// A field in a dialog that has just been closed keeps the focus until the page is drawn again.
function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, pre, audio") !== null && target.closest("dialog") === null;
}

// Obey the *keys*: what each does, by its name.
export function listen(keys, { place, list, carefully }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isAsking()) {
      return;
    }
    if (isTyping(event.target)) {
      if (event.key === "Escape" || (event.key === "Enter" && event.target.id === "note")) {
        place.focus();
        event.preventDefault(); // a browser empties a field for searching by Escape, and with it the filter
      }
      return;
    }
    if (event.key === "?") {
      document.getElementById("help").showModal();
    } else if (event.key === "n") {
      document.getElementById("note")?.focus();
    } else if (event.key === "/") {
      list.focusSearch();
    } else if (Object.hasOwn(keys, event.key)) {
      carefully(keys[event.key], keys[event.key].looks);
    } else {
      return;
    }
    event.preventDefault();
  });
  document.getElementById("help-button").addEventListener("click", () => document.getElementById("help").showModal());
  window.addEventListener("message", (event) => {
    if (event.data?.mephisto === "escape" && event.source === place.querySelector("iframe")?.contentWindow) {
      place.focus();
    }
  });
}
