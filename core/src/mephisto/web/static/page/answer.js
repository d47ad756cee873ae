// The answer that a form holds.

import { File, FormData, Map, Set } from "./ground.js";

// A control of the name "elements" or "hidden" takes the place of the form's own property.
export const elementsOf = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, "elements").get);

// The shape of an answer follows the form, never what was answered, so that all answers of a task can be put
// into one table. A name that several answers can have (several checkboxes or fields of one name, a multiple
// select, a multiple file input) is a list, [] if there is none. All others are one value, null if nothing was
// chosen: a lone checkbox that is not ticked, a group of radio buttons. A file is described by {lastModified,
// name, size, type}, or {} if none was chosen. Controls that are disabled count as if nothing was chosen.
export function capture(form, pressed) {
  const data = new FormData(form);
  const controls = [...elementsOf(form)];
  const named = new Map();
  for (const control of controls.filter(canAnswer)) {
    const name = control.getAttribute("name");
    named.set(name, [...(named.get(name) ?? []), control]);
  }
  // A field may be called __proto__.
  const answer = Object.create(null);
  for (const name of new Set([...named.keys(), ...data.keys()])) {
    const given = data.getAll(name).filter((value) => !isNoFile(value)).map(plain);
    // Of buttons, the one that was pressed is the answer. What the page itself put there has no control.
    const askers = named.get(name)?.filter((control) => control.type !== "submit");
    const isList = askers ? isListOf(askers) : given.length > 1;
    answer[name] = isList ? given : (given[0] ?? (askers?.at(-1)?.type === "file" ? {} : null));
  }
  if (pressed?.name) {
    answer[pressed.name] = Array.isArray(answer[pressed.name]) ? [...answer[pressed.name], pressed.value] : pressed.value;
  }
  document.dispatchEvent(new CustomEvent("mephisto-capture", { detail: { form, controls, answer } }));
  const files = [...data].filter(([, value]) => value instanceof File && !isNoFile(value)).map(([field, value]) => ({ field, file: value }));
  return { answer, files };
}

function canAnswer(control) {
  return control.getAttribute("name") && (control.type === "submit" || !isButton(control)) && !control.matches("fieldset, object, output");
}

function isListOf(controls) {
  const areSeveral = controls.length > 1 && controls.some((control) => control.type !== "radio");
  return areSeveral || controls.some((control) => control.multiple && control.type !== "email");
}

export function isButton(control) {
  return ["submit", "image", "reset", "button"].includes(control.type);
}

function isNoFile(value) {
  return value instanceof File && value.name === "" && value.size === 0;
}

// NUL, which text from other programs may hold, is seen by nobody and stored nowhere: it becomes what HTML makes of it.
function plain(value) {
  return value instanceof File
    ? { lastModified: value.lastModified, name: value.name, size: value.size, type: value.type }
    : value.replaceAll("\0", "\uFFFD");
}
