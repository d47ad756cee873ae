// First in a task's page that is looked at in a review: fills in what the worker answered, and lets nothing be changed.

(() => {
  "use strict";

  const answer = JSON.parse(document.getElementById("mephisto-answer").textContent) ?? {};
  const SECONDS = 10;
  const KEYS = new Set(["Tab", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);
  const done = new WeakSet();
  const places = new Map();

  function fill() {
    for (const control of document.querySelectorAll("[name]")) {
      const name = control.getAttribute("name");
      if (!done.has(control) && "value" in control && Object.hasOwn(answer, name)) {
        done.add(control);
        set(control, answer[name], name);
      }
    }
  }

  function set(control, given, name) {
    const values = (Array.isArray(given) ? given : [given]).map(String);
    if (control.type === "file" || control.localName === "button" || control.type === "submit") {
      return;
    }
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = given === true || (given !== null && values.includes(control.value));
    } else if (control.type === "select-multiple" && control.options) {
      for (const option of control.options) {
        option.selected = values.includes(option.value);
      }
    } else if (given !== null && typeof given !== "object") {
      control.value = given;
    } else if (Array.isArray(given)) {
      // Several fields of one name, in their order.
      const place = places.get(name) ?? 0;
      places.set(name, place + 1);
      control.value = values[place] ?? "";
    }
    if (control.checked !== false) {
      for (const kind of ["input", "change"]) {
        control.dispatchEvent(new Event(kind, { bubbles: true }));
      }
    }
    if ("readOnly" in control) {
      control.readOnly = true;
    }
  }

  function isControl(target) {
    return target instanceof Element && target.closest("input, select, textarea, button, label, [contenteditable]") !== null;
  }

  // Nothing is disabled: the page stays as bright as the worker saw it.
  for (const kind of ["click", "mousedown", "submit", "drop", "paste"]) {
    window.addEventListener(
      kind,
      (event) => {
        if (event.isTrusted && (kind === "submit" || isControl(event.target))) {
          event.preventDefault();
          event.stopImmediatePropagation();
        }
      },
      true,
    );
  }
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape") {
        window.parent.postMessage({ mephisto: "escape" }, "*"); // tells nothing
      } else if (isControl(event.target) && event.key !== "Tab" && (!KEYS.has(event.key) || !event.target.readOnly)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  // A page that takes the focus as it opens would take the reviewer's keys along.
  HTMLElement.prototype.focus = () => {};

  // The page's own scripts listen before it is filled in; some draw their fields later.
  const watch = new MutationObserver(fill);
  document.addEventListener("DOMContentLoaded", () => {
    setTimeout(() => {
      fill();
      watch.observe(document.documentElement, { childList: true, subtree: true });
    });
    setTimeout(() => watch.disconnect(), SECONDS * 1000);
  });
})();
