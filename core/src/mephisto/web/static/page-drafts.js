// What is filled in so far: told to the shell while it changes, and filled in again when the page is opened anew.

const AFTER_TYPING = 250;
// Hidden fields belong to the page's scripts, passwords to nobody, and files cannot be put back.
const LEFT_OUT = ["hidden", "password", "file"];

// `answerSoFar` gives the server what submitting would send now; the *fields* are for this browser.
export function keepDrafts(post, fields, answerSoFar) {
  let timer = null;

  function note() {
    timer = null;
    const values = keyed(fields()).map(([key, field]) => [key, valueOf(field)]);
    post({ mephisto: "draft", fields: values, answer: answerSoFar() });
  }

  for (const kind of ["input", "change"]) {
    window.addEventListener(kind, () => (timer ??= setTimeout(note, AFTER_TYPING)));
  }
  document.addEventListener("visibilitychange", () => timer !== null && document.hidden && note());
  post({ mephisto: "drafts" });
}

export function fillIn(fields, values) {
  const known = new Map(values);
  for (const [key, field] of keyed(fields)) {
    const value = known.get(key);
    if (value === undefined || JSON.stringify(value) === JSON.stringify(valueOf(field))) {
      continue;
    }
    if (Array.isArray(value)) {
      value.forEach((selected, index) => field.options[index] && (field.options[index].selected = selected));
    } else {
      field[typeof value === "boolean" ? "checked" : "value"] = value;
    }
    // The page's scripts hear of it as if the worker had done it.
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// By name and order, since names may be shared.
function keyed(fields) {
  const counts = {};
  const nameOf = (field) => (LEFT_OUT.includes(field.type) ? "" : (field.getAttribute("name") ?? field.id));
  return fields.filter(nameOf).map((field) => {
    const name = `${nameOf(field)}\n`;
    counts[name] = (counts[name] ?? -1) + 1;
    return [name + counts[name], field];
  });
}

function valueOf(field) {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked;
  }
  return field.localName === "select" ? [...field.options].map((option) => option.selected) : field.value;
}
