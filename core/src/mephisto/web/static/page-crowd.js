// The elements <crowd-...> of Mechanical Turk and Ground Truth, for pages that use them. Comes after page.js.
// Each of ours has one ordinary control inside, and is to the form what that control would be.
// The whole file is one function, so that nothing of it is in the way of the page's own names.

(() => {
"use strict";

const NATIVE = { "max-length": "maxlength", "min-length": "minlength", "allowed-pattern": "pattern", "auto-focus": "autofocus" };
const PASSED = ["type", "placeholder", "required", "disabled", "rows", "min", "max", "step", "aria-label", ...Object.keys(NATIVE)];
const STYLE = `
  :host { display: block; margin: 0.5rem 0; accent-color: #2457c5; }
  :host([hidden]) { display: none; }
  :host(crowd-checkbox), :host(crowd-radio-button), :host(crowd-button) { display: inline-block; margin-right: 1rem; }
  :host(crowd-classifier) { display: flex; flex-direction: column; gap: 0.75rem; }
  label, .above { display: block; }
  .text { box-sizing: border-box; width: 100%; max-width: 40rem; padding: 0.5rem; }
  .text, button { font: inherit; }
  [type=range] { width: min(24rem, 75%); }
  [type=checkbox], [type=radio] { margin: 0 0.4em 0 0; }
  button { padding: 0.5rem 1.2rem; border: 1px solid #2457c5; border-radius: 0.4rem; background: none; color: #2457c5; }
  :host([variant=primary]) button, :host([form-action=submit]) button { background: #2457c5; color: #fff; }
  :host(:is([disabled], [loading])) button { opacity: 0.5; }
  fieldset { margin: 0; padding: 0; border: 0; }
  legend { padding: 0; font-size: 1.2rem; font-weight: 600; }
  ::slotted(short-instructions) { order: -1; }
  ::slotted(full-instructions) { order: 1; }
  ::slotted(full-instructions)::before { display: block; font-weight: 600; content: attr(header); }`;

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function shadow(element, ...children) {
  element.attachShadow({ mode: "open", delegatesFocus: true }).append(make("style", {}, STYLE), ...children);
}

// "['One', 'Two']" is how categories are usually written.
function listOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;
    return Array.from(text.matchAll(quoted), ([, single, double]) => (single ?? double).replace(/\\(.)/g, "$1"));
  }
}

// -- Fields

class Field extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = [...PASSED, "value", "checked", "label", "categories", "header", "error-message"];

  constructor() {
    super();
    this.internals = this.attachInternals();
    this.words = make("span");
    this.control = this.draw();
    for (const name of ["input", "change"]) {
      this.shadowRoot.addEventListener(name, (event) => {
        this.touched = true;
        this.update();
        if (!event.composed) {
          this.dispatchEvent(new Event(name, { bubbles: true }));
        }
      });
    }
  }

  connectedCallback() {
    this.update();
    // Words for it may stand elsewhere in the page.
    this.addEventListener("focusin", () => this.takeLabel());
    setTimeout(() => this.takeLabel());
  }

  takeLabel() {
    const words = Array.from(this.internals.labels, (label) => label.textContent.trim()).join(" ");
    if (words && !this.control.labels?.[0]?.textContent.trim()) {
      this.control.ariaLabel = words;
    }
  }

  attributeChangedCallback(name, _, value) {
    if (PASSED.includes(name)) {
      const native = NATIVE[name] ?? name;
      value === null ? this.control.removeAttribute(native) : this.control.setAttribute(native, value);
    } else if (name === "label") {
      this.words.textContent = value;
    } else if (name === "value" && !this.touched) {
      this.value = value ?? "";
    } else if (name === "checked" && !this.touched) {
      this.checked = value !== null;
    }
    this.update();
  }

  formResetCallback() {
    this.touched = false;
    this.value = this.getAttribute("value") ?? "";
    this.checked = this.hasAttribute("checked");
    this.update();
  }

  formDisabledCallback(disabled) {
    this.control.disabled = disabled;
  }

  update() {
    this.tellForm(this.control);
  }

  // What a control lacks, the form lacks, too, in the browser's own words and language.
  tellForm({ validity, validationMessage }) {
    const words = (validity.patternMismatch && this.getAttribute("error-message")) || validationMessage;
    this.internals.setFormValue(this.given());
    this.internals.setValidity(validity, words || " ", this.control);
  }

  given() {
    return this.type === "file" ? (this.control.files[0] ?? new File([], "")) : this.control.value;
  }

  get form() {
    return this.internals.form;
  }

  get type() {
    return this.control.type;
  }

  get name() {
    return this.getAttribute("name") ?? "";
  }

  get value() {
    return this.control.value;
  }

  set value(value) {
    if (this.type !== "file") {
      this.control.value = value;
    }
    this.update();
  }
}

class Text extends Field {
  draw(native = "input") {
    const control = make(native, { class: "text" });
    this.words.className = "above";
    shadow(this, make("label", {}, this.words, control));
    return control;
  }
}

class TextArea extends Text {
  draw() {
    return super.draw("textarea");
  }
}

class Check extends Field {
  draw(type = "checkbox") {
    const control = make("input", { type, name: "own" }); // without a name, nothing requires a radio button
    shadow(this, make("label", {}, control, make("slot"), this.words));
    return control;
  }

  given() {
    return this.checked ? this.value : null;
  }

  get value() {
    return this.getAttribute("value") ?? "on";
  }

  set value(value) {}

  get checked() {
    return this.control.checked;
  }

  set checked(value) {
    this.control.checked = Boolean(value);
    this.update();
  }
}

class Radio extends Check {
  draw() {
    this.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (step) {
        const all = this.group();
        const next = all.at((all.indexOf(this) + step) % all.length);
        event.preventDefault();
        next.focus();
        next.control.click();
      }
    });
    return super.draw("radio");
  }

  group() {
    return [...(this.closest("crowd-radio-group")?.querySelectorAll("crowd-radio-button:defined") ?? [this])];
  }

  update() {
    const all = this.group();
    if (this.checked) {
      all.forEach((button) => (button.control.checked = button === this));
    }
    const isMissing = all.some((button) => button.required) && !all.some((button) => button.checked);
    for (const button of all) {
      button.control.required = isMissing;
      button.tellForm(button.control);
    }
  }
}

class Slider extends Field {
  draw() {
    const control = make("input", { type: "range", value: "0" });
    this.shown = make("output");
    shadow(this, control, this.shown);
    return control;
  }

  attributeChangedCallback(name, before, value) {
    super.attributeChangedCallback(name, before, value);
    if (["min", "max", "step"].includes(name) && !this.touched) {
      this.value = this.getAttribute("value") ?? "0"; // what fits between the ends now
    }
  }

  update() {
    this.shown.textContent = this.matches("[pin], [editable]") ? this.control.value : "";
    // The browser's own is never empty.
    const isMissing = this.required && !this.touched && !this.hasAttribute("value");
    this.tellForm(make("input", isMissing ? { required: "" } : {}));
  }
}

class Classifier extends Field {
  draw() {
    const choices = make("fieldset", {}, make("legend", {}, this.words));
    shadow(this, make("slot"), choices);
    return choices;
  }

  attributeChangedCallback(name, _, value) {
    if (name === "header") {
      this.words.textContent = value;
    } else if (name === "categories") {
      this.formResetCallback();
    }
  }

  formResetCallback() {
    const all = listOf(this.getAttribute("categories") ?? "[]");
    const radio = { type: "radio", name: "category", required: "" };
    const choice = (value) => make("label", {}, make("input", { ...radio, value }), value);
    const labels = all.map((category) => category?.label ?? category?.text ?? String(category));
    this.control.replaceChildren(this.control.firstChild, ...labels.map(choice));
    this.update();
  }

  update() {
    this.tellForm(this.control.querySelector("input") ?? this.control);
  }

  given() {
    return this.value.label;
  }

  get type() {
    return this.localName;
  }

  get value() {
    return { label: this.control.querySelector("input:checked")?.value ?? null };
  }

  set value(value) {}
}

// -- What stands around fields

class Form extends HTMLElement {
  get form() {
    return this.querySelector("form");
  }

  submit() {
    this.form?.requestSubmit();
  }

  reset() {
    this.form?.reset();
  }
}

class Button extends HTMLElement {
  static observedAttributes = ["disabled", "loading", "aria-label"];

  constructor() {
    super();
    this.button = make("button", { type: "button" }, make("slot"));
    shadow(this, this.button);
    // After the page's own listeners, which may keep it from happening.
    this.addEventListener("click", (event) => setTimeout(() => event.defaultPrevented || this.act()));
  }

  attributeChangedCallback() {
    this.button.disabled = this.matches("[disabled], [loading]");
    this.button.ariaLabel = this.ariaLabel;
  }

  act() {
    const form = this.closest("form") ?? this.closest("crowd-form")?.form ?? document.getElementById("mephisto-submit-form");
    const action = this.getAttribute("form-action");
    if (this.button.disabled) {
      return;
    }
    if (action === "submit") {
      form?.requestSubmit();
    } else if (action === "reset") {
      form?.reset();
    } else if (this.hasAttribute("href")) {
      window.open(this.getAttribute("href"), this.getAttribute("target") ?? "_blank", "noopener");
    }
  }
}

for (const [type, name] of [[Field, "required"], [Field, "disabled"], [Button, "disabled"]]) {
  Object.defineProperty(type.prototype, name, {
    get() {
      return this.hasAttribute(name);
    },
    set(value) {
      this.toggleAttribute(name, Boolean(value));
    },
  });
}

class Instructions extends HTMLElement {
  static observedAttributes = ["link-text"];

  constructor() {
    super();
    this.summary = make("summary", {}, "Click for instructions");
    shadow(this, make("details", {}, this.summary, make("slot")));
  }

  attributeChangedCallback(_, __, value) {
    this.summary.textContent = value;
  }
}

class Group extends HTMLElement {
  connectedCallback() {
    this.role ??= "radiogroup";
  }
}

const ours = {
  "crowd-form": Form,
  "crowd-input": Text,
  "crowd-text-area": TextArea,
  "crowd-checkbox": Check,
  "crowd-radio-group": Group,
  "crowd-radio-button": Radio,
  "crowd-slider": Slider,
  "crowd-button": Button,
  "crowd-instructions": Instructions,
  "crowd-classifier": Classifier,
};
for (const [name, element] of Object.entries(ours)) {
  customElements.define(name, element);
}

// -- The answer, as the originals give it

document.addEventListener("mephisto-capture", ({ detail: { form, controls, answer } }) => {
  const around = form.closest("crowd-form");
  const objects = Object.create(null);
  for (const control of controls) {
    const name = control.getAttribute("name");
    const field = control instanceof Field;
    if (!name || (!around && !field)) {
      continue;
    }
    if (["checkbox", "radio"].includes(control.type)) {
      objects[name] ??= {};
      objects[name][control.value] = control.checked && !control.matches(":disabled");
    } else if (control instanceof Classifier) {
      objects[name] = control.value;
    } else if (control instanceof Slider && !Array.isArray(answer[name])) {
      answer[name] = control.matches(":disabled") ? null : Number(control.value);
    }
  }
  const flat = around?.getAttribute("answer-format") === "flatten-objects";
  for (const [name, values] of Object.entries(objects)) {
    if (flat) {
      delete answer[name];
      Object.entries(values).forEach(([key, value]) => (answer[`${name}.${key}`] = value));
    } else {
      answer[name] = values;
    }
  }
});

// -- When all of the page is there

document.addEventListener("DOMContentLoaded", () => {
  // Where the original has its button, and where the page listens for its `submit`.
  const own = document.getElementById("mephisto-submit-form");
  if (own) {
    document.querySelector("crowd-form")?.append(own);
  }
  setTimeout(() => document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true })));
});

window.addEventListener("load", () => {
  const unknown = Array.from(document.querySelectorAll(":not(:defined)")).filter((element) => element.localName.startsWith("crowd-"));
  if (unknown.length > 0) {
    import("/_mephisto/page-notices.js").then(({ showUnsupported }) => showUnsupported(unknown));
  }
});
})();
