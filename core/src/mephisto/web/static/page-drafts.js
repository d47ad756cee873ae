// What is filled in so far: told to the shell while it changes, and filled in again when the page is opened anew.

const AFTER_TYPING = 250;

// `answerSoFar` gives the server what submitting would send now; the fields are for this browser.
export function keepDrafts(post, answerSoFar) {
  let timer = null;
  let fieldsBefore = null;

  function note() {
    timer = null;
    post({ mephisto: "draft", fields: fieldsNow(), answer: answerSoFar() });
  }

  function noteSoon() {
    timer ??= setTimeout(note, AFTER_TYPING);
  }

  function fillIn() {
    if (fieldsBefore !== null && document.readyState !== "loading") {
      fill(fieldsBefore);
      fieldsBefore = null;
    }
  }

  window.addEventListener("input", noteSoon);
  window.addEventListener("change", noteSoon);
  window.addEventListener("load", fillIn);
  document.addEventListener("visibilitychange", () => timer !== null && document.hidden && note());
  window.addEventListener("message", (event) => {
    if (event.origin === location.origin && event.source === window.parent && event.data?.mephisto === "restore") {
      fieldsBefore = event.data.fields;
      fillIn();
    }
  });
  post({ mephisto: "drafts" });
}

// By name and order, since names may be shared. Hidden fields belong to the page's scripts, passwords to nobody, and
// files cannot be put back.
function controls() {
  const counts = new Map();
  const found = [];
  for (const control of document.querySelectorAll("*")) {
    const isOurs = control.matches("input:not([type=hidden], [type=password], [type=file], [type=submit], [type=button], [type=reset], [type=image]), select, textarea");
    const name = control.getAttribute("name") ?? control.id;
    if (name && (isOurs || control.constructor.formAssociated === true)) {
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      found.push([`${name}\n${count}`, control]);
    }
  }
  return found;
}

function fieldsNow() {
  return controls().map(([key, control]) => [key, valueOf(control)]);
}

function valueOf(control) {
  if (control.type === "checkbox" || control.type === "radio") {
    return control.checked;
  }
  return control.localName === "select" ? [...control.options].map((option) => option.selected) : control.value;
}

function fill(fields) {
  const known = new Map(fields);
  for (const [key, control] of controls()) {
    const value = known.get(key);
    if (value === undefined || JSON.stringify(value) === JSON.stringify(valueOf(control))) {
      continue;
    }
    if (Array.isArray(value)) {
      value.forEach((selected, index) => control.options[index] && (control.options[index].selected = selected));
    } else {
      control[typeof value === "boolean" ? "checked" : "value"] = value;
    }
    // The page's scripts hear of it as if the worker had done it.
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
