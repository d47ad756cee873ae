// Our own button, for pages that have none, and the fields that belong to no form of the page's.

import { elementsOf, isButton } from "./answer.js";
import { emitter, values } from "./configuration.js";
import { listen, page } from "./ground.js";
import { roots } from "./roots.js";

const FORM_ID = "mephisto-submit-form";

export let sending = false;
let sent = false;
let hidden = false;

// The form stays empty: moving a page's controls into it would break what its scripts and styles hold on to.
export let ownForm = document.createElement("form");
ownForm.id = FORM_ID;
ownForm.className = "mephisto-submit";
let ownButton = ownForm.appendChild(document.createElement("button"));
ownButton.id = "html-task-submit-button";
ownButton.type = "submit";
let around = false;
// What our button says in each state, until the shell has told it in the worker's language.
let words = { submit: "Submit", submitting: "Submitting…" };
let shown = words.submit;
ownButton.textContent = shown;

// Controls that belong to no form become the form's by attribute, in time for the browser to check them.
export function tie() {
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
export function fields() {
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

export function pageForms() {
  const trees = [document, ...roots.filter(({ host }) => host.isConnected)];
  const forms = trees.flatMap((root) => [...root.querySelectorAll("form")]);
  return forms.filter((form) => form !== ownForm && form.getAttribute("method") !== "dialog");
}

function hasButton(form) {
  return [...elementsOf(form)].some((control) => control.type === "submit") || form.querySelector("[type=image]") !== null;
}

// A page whose forms have no button at all relies on ours.
export function formWithoutButton() {
  const forms = pageForms();
  return forms.some(hasButton) ? null : forms[0];
}

function hidesButton() {
  const theirs = pageForms().some(hasButton) || document.querySelector("crowd-button[form-action=submit]") !== null;
  return values.HIDE_SUBMIT_BUTTON === true || (theirs && !around);
}

export function updateButton() {
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

// The server puts a form around pages that expect one; it has a button.
export function takeFormAround() {
  const form = document.querySelector("form[data-mephisto]");
  around = form !== null;
  if (around) {
    ownForm = form;
    ownButton = form.querySelector("#submitButton");
  }
}

export function placeButton() {
  if (!around) {
    document.body.append(ownForm);
  }
  updateButton();
}

// Some pages draw their form later, and some all of themselves.
export function keepButton() {
  if (!ownForm.isConnected && !around) {
    document.body?.append(ownForm);
  }
  if (hidden !== hidesButton()) {
    updateButton();
  }
}

export function setWords(told) {
  words = told;
}

export function setSending(now) {
  sending = now;
  updateButton();
}
