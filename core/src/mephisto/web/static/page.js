// First in the researcher's document: gives it its configuration, captures its answer, tells of its errors.
// A classic script, since a module would run only after the document's own scripts.
// The whole file is one function, so that nothing of it is in the way of the page's own names.

(() => {
"use strict";

// Scripts of the page may give these names to something else.
const { parent, File, FormData, Map, Set } = window;
const { page, file } = JSON.parse(document.getElementById("mephisto-page").textContent);
const FORM_ID = "mephisto-submit-form";
const SLOW = 2000;
const CHANGES = { childList: true, subtree: true };
let sending = false;
let sent = false;
let hidden = false;
// True from DOMContentLoaded on.
let isReady = false;

function post(message) {
  if (parent !== window) {
    parent.postMessage(message, location.origin);
  }
}

const listeners = [];

function listen(...listener) {
  listeners.push(listener);
  window.addEventListener(...listener);
}

// -- The configuration that templates know

const values = {
  AUTO_SUBMIT_ERRORS: false,
  ADD_ERROR_HANDLING: false,
  ERROR_REPORT_TO_EMAIL: null,
  HIDE_SUBMIT_BUTTON: false,
};
let observers = [];
const emitter = {
  on(name, observer) {
    observers = [...observers, [name, observer]];
    return emitter;
  },
  off(name, observer) {
    observers = observers.filter((known) => known[0] !== name || known[1] !== observer);
    return emitter;
  },
  emit(name, ...details) {
    observers.filter((known) => known[0] === name).forEach(([, observer]) => observer(...details));
  },
};
window._MEPHISTO_CONFIG_ = {
  EVENT_EMITTER: emitter,
  get(name) {
    if (!Object.hasOwn(values, name)) {
      throw new Error(`_MEPHISTO_CONFIG_ has no ${name}.`);
    }
    return values[name];
  },
  set(name, value) {
    values[name] = value;
    emitter.emit(name, value);
  },
};

// Pages call these of a script by Mechanical Turk, whether or not it can still be loaded.
window.turkGetParam = (name, otherwise = "") => new URLSearchParams(location.search).get(name) ?? otherwise;
window.turkGetSubmitToHost = () => location.origin;
window.turkSetAssignmentID = () => {};

// -- What goes wrong in the page

// Told by a module that is loaded when something does. Without a server there is nobody to tell.
function wrong(kind, what) {
  import("/_mephisto/page-errors.js").then((errors) => errors[kind](what, { file, post, values })).catch(console.warn);
}

listen("error", (event) => wrong("ofScript", event));
listen("unhandledrejection", ({ reason }) => wrong("ofPromise", reason));
document.addEventListener("error", ({ target }) => (target.src || target.href) && wrong("ofLoad", target), true);
// Scripts that run late keep the page from being ready, too, though all of it is shown.
setTimeout(() => {
  if (!isReady) {
    import("/_mephisto/page-silence.js").then(({ leaveOutSilent }) => leaveOutSilent({ file, post, values }, () => isReady, begin));
  }
}, SLOW);

// -- The answer

// A control of the name "elements" or "hidden" takes the place of the form's own property.
const elementsOf = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, "elements").get);

// The shape of an answer follows the form, never what was answered, so that all answers of a task can be put
// into one table. A name that several answers can have (several checkboxes or fields of one name, a multiple
// select, a multiple file input) is a list, [] if there is none. All others are one value, null if nothing was
// chosen: a lone checkbox that is not ticked, a group of radio buttons. A file is described by {lastModified,
// name, size, type}, or {} if none was chosen. Controls that are disabled count as if nothing was chosen.
function capture(form, pressed) {
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
  const files = [...data].filter(([, value]) => value instanceof File && !isNoFile(value)).map(([field, file]) => ({ field, file }));
  return { answer, files };
}

function canAnswer(control) {
  return control.getAttribute("name") && (control.type === "submit" || !isButton(control)) && !control.matches("fieldset, object, output");
}

function isListOf(controls) {
  const areSeveral = controls.length > 1 && controls.some((control) => control.type !== "radio");
  return areSeveral || controls.some((control) => control.multiple && control.type !== "email");
}

function isButton(control) {
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

function submit(form, pressed) {
  if (page === "preview") {
    post({ mephisto: "preview" });
  } else if (!sending) {
    if (form === ownForm) {
      tie();
    }
    const message = { mephisto: "submit", ...capture(form, pressed) };
    sending = true;
    updateButton();
    post(message);
  }
}

// The page's own listeners have their say first, so ours is on the window. They may also end the event's way; then
// the last listener that it comes to is ours, else the browser would leave the page and take the answer along.
const decided = new WeakSet();
const roots = [];
let watch = null;

listen(
  "submit",
  (event) => {
    const nodes = event.composedPath().filter((node) => node !== window);
    const last = (late) => late === event && event.cancelBubble && decide(event);
    const immediately = event.stopImmediatePropagation;
    event.stopImmediatePropagation = () => {
      immediately.call(event);
      queueMicrotask(() => decide(event));
    };
    for (const capture of [true, false]) {
      nodes.forEach((node) => node.addEventListener("submit", last, { capture, once: true }));
    }
  },
  true,
);
listen("submit", decide);

// What is submitted in a shadow root is heard only there. Ours is added while it happens, and so comes last.
const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (...how) {
  const root = attachShadow.apply(this, how);
  roots.push(root);
  root.addEventListener("submit", () => root.addEventListener("submit", decide, { once: true }), true);
  watch?.observe(root, CHANGES);
  return root;
};

function decide(event) {
  if (decided.has(event)) {
    return;
  }
  decided.add(event);
  const closesDialog = (event.submitter?.getAttribute("formmethod") ?? event.target.getAttribute("method")) === "dialog";
  if (event.defaultPrevented || closesDialog) {
    return;
  }
  event.preventDefault();
  const elsewhere = event.target === ownForm && formWithoutButton();
  if (elsewhere) {
    elsewhere.requestSubmit();
  } else {
    submit(event.target, event.submitter);
  }
}

const submitUnasked = HTMLFormElement.prototype.submit;
HTMLFormElement.prototype.submit = function () {
  if (this.getAttribute("method") === "dialog") {
    submitUnasked.call(this);
  } else {
    submit(this, null);
  }
};

// -- Our own button, for pages that have none

// The form stays empty: moving a page's controls into it would break what its scripts and styles hold on to.
let ownForm = document.createElement("form");
ownForm.id = FORM_ID;
ownForm.className = "mephisto-submit";
let ownButton = ownForm.appendChild(document.createElement("button"));
ownButton.id = "html-task-submit-button";
ownButton.type = "submit";
let begun = false;
let around = false;
// What our button says in each state, until the shell has told it in the worker's language.
let words = { submit: "Submit", submitting: "Submitting…" };
let shown = words.submit;
ownButton.textContent = shown;

// Controls that belong to no form become the form's by attribute, in time for the browser to check them.
function tie() {
  if (around) {
    return;
  }
  for (const field of fields()) {
    if (!field.hasAttribute("form") && !(field.form ?? field.closest("form"))) {
      field.setAttribute("form", FORM_ID);
    }
  }
}

// All that can be filled in, elements that the page defines itself included.
function fields() {
  const isField = (element) => element.matches("input, select, textarea") || element.constructor.formAssociated === true;
  return [...document.querySelectorAll("*")].filter((element) => isField(element) && !isButton(element));
}

ownForm.requestSubmit = function (...pressed) {
  tie();
  HTMLFormElement.prototype.requestSubmit.apply(this, pressed);
};

listen(
  "click",
  ({ target }) => {
    const link = target.closest?.("a[href]:not([target])");
    if (link && /^https?:$/.test(link.protocol) && link.origin !== location.origin) {
      // In its place, it would take the answer along.
      link.target = "_blank";
    }
    const button = target.closest?.("button, input");
    if (button === ownButton) {
      tie();
    } else if (button?.matches("[type=submit], [type=image]") && !button.form && ownForm.isConnected && page !== "preview") {
      // A submit button of the page's own, outside of any form, means ours.
      button.setAttribute("form", FORM_ID);
      tie();
    }
  },
  true,
);

function pageForms() {
  const trees = [document, ...roots.filter(({ host }) => host.isConnected)];
  const forms = trees.flatMap((root) => [...root.querySelectorAll("form")]);
  return forms.filter((form) => form !== ownForm && form.getAttribute("method") !== "dialog");
}

function hasButton(form) {
  return [...elementsOf(form)].some((control) => control.type === "submit") || form.querySelector("[type=image]") !== null;
}

// A page whose forms have no button at all relies on ours.
function formWithoutButton() {
  const forms = pageForms();
  return forms.some(hasButton) ? null : forms[0];
}

function hidesButton() {
  const theirs = pageForms().some(hasButton) || document.querySelector("crowd-button[form-action=submit]") !== null;
  return values.HIDE_SUBMIT_BUTTON === true || (theirs && !around);
}

function updateButton() {
  hidden = hidesButton();
  (around ? ownButton : ownForm).toggleAttribute("hidden", hidden);
  if (sent !== sending) {
    // At all other times, whether it can be pressed is the page's business.
    ownButton.disabled = sent = sending;
  }
  const place = around ? "value" : "textContent";
  // Other words are the page's own.
  if (ownButton[place] === shown) {
    ownButton[place] = shown = sending ? words.submitting : words.submit;
  }
}

emitter.on("HIDE_SUBMIT_BUTTON", updateButton);

document.addEventListener("DOMContentLoaded", () => {
  isReady = true;
  begin();
});

function begin() {
  if (begun) {
    return;
  }
  begun = true;
  tellColor();
  listen("load", tellColor);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tellColor);
  const form = document.querySelector("form[data-mephisto]");
  around = form !== null;
  // It stands around a page that expects one, and has a button.
  if (around) {
    ownForm = form;
    ownButton = form.querySelector("#submitButton");
  }
  if (page === "preview") {
    return;
  }
  const link = document.createElement("link");
  // A whole address, since the page may have a <base>.
  document.head.append(Object.assign(link, { rel: "stylesheet", href: `${location.origin}/_mephisto/page.css` }));
  if (!around) {
    document.body.append(ownForm);
  }
  updateButton();
  // Some pages draw their form later, and some all of themselves. Those that write themselves anew lose all listeners;
  // where these still are, they are not added again.
  watch = new MutationObserver(() => {
    listeners.forEach((listener) => window.addEventListener(...listener));
    if (!ownForm.isConnected && !around) {
      document.body?.append(ownForm);
    }
    if (hidden !== hidesButton()) {
      updateButton();
    }
  });
  [document, ...roots].forEach((root) => watch.observe(root, CHANGES));
}

function tellColor() {
  post({ mephisto: "color", color: getComputedStyle(document.body).color });
}

// -- What the shell says, and what it is told

function answerSoFar() {
  tie();
  return Object.assign({}, ...[...pageForms(), ownForm].map((form) => capture(form, null).answer));
}

const drafts = page === "preview" ? null : import("/_mephisto/page-drafts.js");
drafts?.then(({ keepDrafts }) => keepDrafts(post, fields, answerSoFar));

listen("message", async ({ origin, source, data }) => {
  if (origin !== location.origin || source !== parent) {
    return;
  }
  if (data?.mephisto === "words") {
    words = data;
    begun && updateButton();
  } else if (data?.mephisto === "failed") {
    sending = false;
    updateButton();
  } else if (data?.mephisto === "restore") {
    const { waiting } = await drafts;
    Object.assign(waiting, Object.fromEntries(data.fields));
    (await import("/_mephisto/page-restore.js")).restore(fields);
  }
});
post({ mephisto: "ready" });
})();
