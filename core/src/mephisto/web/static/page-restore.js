// Fills in again what had been filled in when the page was open before. Loaded only when there is something.

import { keyed, valueOf, waiting } from "./page-drafts.js";

let look = null;

// Fill in what waits, now or when its fields are there: some pages draw them late.
export function restore(fields) {
  const begin = () => {
    look = new MutationObserver(() => fillIn(fields()));
    look.observe(document.body, { childList: true, subtree: true });
    document.addEventListener("mephisto-fields", () => fillIn(fields()));
    fillIn(fields());
  };
  document.readyState === "loading" ? window.addEventListener("load", begin) : begin();
}

function fillIn(fields) {
  for (const [key, field] of keyed(fields)) {
    const value = waiting[key];
    if (value === undefined || (Array.isArray(value) && field.options?.length < value.length)) {
      continue;
    }
    delete waiting[key];
    if (JSON.stringify(value) === JSON.stringify(valueOf(field))) {
      continue;
    }
    // The page's scripts hear of it as if the worker had done it.
    if (field.matches("input:is([type=checkbox], [type=radio]):enabled")) {
      if (value || field.type === "checkbox") {
        field.click();
      }
      continue;
    }
    if (Array.isArray(value)) {
      [...(field.options ?? [])].forEach((option, index) => (option.selected = value[index] === true));
    } else {
      const property = "mephistoDraft" in field ? "mephistoDraft" : typeof value === "boolean" ? "checked" : "value";
      // Some scripts put a property of their own over the field's, and miss what is given to that.
      Reflect.set(Object.getPrototypeOf(field), property, value, field);
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (Object.keys(waiting).length === 0) {
    look.disconnect();
  }
}
