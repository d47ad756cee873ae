// What is filled in so far: told to the shell while it changes.

const AFTER_TYPING = 250;
// Hidden fields belong to the page's scripts, passwords to nobody, and files cannot be put back.
const LEFT_OUT = ["hidden", "password", "file"];

// What had been filled in before, of fields that are not there yet, by key.
export const waiting = {};

// `answerSoFar` gives the server what submitting would send now; the *fields* are for this browser.
export function keepDrafts(post, fields, answerSoFar) {
  let timer = null;

  function note() {
    timer = null;
    const values = Object.fromEntries(keyed(fields()).map(([key, field]) => [key, valueOf(field)]));
    post({ mephisto: "draft", fields: Object.entries({ ...values, ...waiting }), answer: answerSoFar() });
  }

  for (const kind of ["input", "change"]) {
    window.addEventListener(kind, ({ target, isTrusted }) => {
      if (isTrusted && Object.keys(waiting).length > 0) {
        dropFor(target, fields());
      }
      timer ??= setTimeout(note, AFTER_TYPING);
    });
  }
  document.addEventListener("visibilitychange", () => timer !== null && document.hidden && note());
  post({ mephisto: "drafts" });
}

// What the worker has changed meanwhile stays as it is now; of radio buttons, the whole group.
function dropFor(target, fields) {
  const mine = ([, field]) => field === target || (field.type === "radio" && target.type === "radio" && field.name === target.name);
  for (const [key] of keyed(fields).filter(mine)) {
    delete waiting[key];
  }
}

// By name and order, since names may be shared.
export function keyed(fields) {
  const counts = {};
  const nameOf = (field) => (LEFT_OUT.includes(field.type) ? "" : (field.getAttribute("name") ?? field.id));
  return fields.filter(nameOf).map((field) => {
    const name = `${nameOf(field)}\n`;
    counts[name] = (counts[name] ?? -1) + 1;
    return [name + counts[name], field];
  });
}

export function valueOf(field) {
  if ("mephistoDraft" in field) {
    return field.mephistoDraft;
  }
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked;
  }
  return field.localName === "select" ? [...field.options].map((option) => option.selected) : field.value;
}
