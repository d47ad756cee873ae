// The elements <crowd-...> of Mechanical Turk and Ground Truth, for pages that use them. Comes after page.js.
// Each of ours has one ordinary control inside, and is to the form what that control would be. Those that fewer pages
// use have files of their own, which come after this one.
// The whole file is one function, so that nothing of it is in the way of the page's own names.

(() => {
"use strict";

const NATIVE = { "max-length": "maxlength", "min-length": "minlength", "allowed-pattern": "pattern", "auto-focus": "autofocus" };
const PASSED = ["type", "placeholder", "required", "disabled", "rows", "min", "max", "step", "aria-label", ...Object.keys(NATIVE)];
const STYLE = `
  :host { display: block; margin: 0.5rem 0; accent-color: #2457c5; }
  :host([hidden]) { display: none; }
  label, .above { display: block; }
  .text { box-sizing: border-box; width: 100%; max-width: 40rem; padding: 0.5rem; font: inherit; }`;

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

// -- Fields

// Properties that say whether an attribute is there.
function reflect(type, ...names) {
  for (const name of names) {
    Object.defineProperty(type.prototype, name, {
      get() {
        return this.hasAttribute(name);
      },
      set(value) {
        this.toggleAttribute(name, Boolean(value));
      },
    });
  }
}

class Field extends HTMLElement {
  static tools = { make, shadow, reflect };
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
      this.control.setAttribute("aria-label", words);
    }
  }

  attributeChangedCallback(name, _, value) {
    if (PASSED.includes(name)) {
      const native = NATIVE[name] ?? name;
      value === null ? this.control.removeAttribute(native) : this.control.setAttribute(native, value);
    } else if (name === "label") {
      this.words.textContent = value;
    } else if (name === "value" && !this.touched) {
      this.put(value ?? "");
    } else if (name === "checked" && !this.touched) {
      this.checked = value !== null;
    }
    this.update();
  }

  formResetCallback() {
    this.touched = false;
    this.put(this.getAttribute("value") ?? "");
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

  // As with the browser's own, what a script sets is no longer what the attribute says.
  set value(value) {
    this.touched = true;
    this.put(value);
  }

  put(value) {
    if (this.type !== "file") {
      this.control.value = value;
    }
    this.update();
  }

  // What the original gives for it, as far as it differs from what a form gives.
  tellAnswer() {}
}

reflect(Field, "required", "disabled");

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

// -- What stands around fields

class Form extends HTMLElement {
  get form() {
    return this.querySelector("form");
  }

  submit() {
    this.requestSubmit();
  }

  requestSubmit() {
    this.form?.requestSubmit();
  }

  reset() {
    this.form?.reset();
  }
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

customElements.define("crowd-form", Form);
customElements.define("crowd-input", Text);
customElements.define("crowd-text-area", TextArea);
customElements.define("crowd-instructions", Instructions);

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
    } else if (field) {
      control.tellAnswer(name, objects, answer);
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

// The server brings the parts that the template names; these are of what the data or a script brings.
const PARTS = {
  button: "crowd-button",
  choices: "crowd-checkbox, crowd-radio-button, crowd-radio-group",
  classifier: "crowd-classifier",
  slider: "crowd-slider",
};
const asked = new Set();

function bringParts() {
  for (const [part, names] of Object.entries(PARTS)) {
    if (!asked.has(part) && document.querySelector(`:is(${names}):not(:defined)`)) {
      asked.add(part);
      import(`/_mephisto/page-crowd-${part}.js`).then(() => document.dispatchEvent(new Event("mephisto-fields")));
    }
  }
}

document.addEventListener("DOMContentLoaded", () => {
  bringParts();
  new MutationObserver(bringParts).observe(document.body, { childList: true, subtree: true });
  // Where the original has its button, and where the page listens for its `submit`.
  const own = document.getElementById("mephisto-submit-form");
  if (own) {
    document.querySelector("crowd-form")?.append(own);
  }
  setTimeout(() => document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true })));
});

window.addEventListener("load", () => {
  const late = Object.values(PARTS).join();
  const unknown = [...document.querySelectorAll(`:not(:defined, ${late})`)].filter(({ localName }) => localName.startsWith("crowd-"));
  if (unknown.length > 0) {
    import("/_mephisto/page-notices.js").then(({ showUnsupported }) => showUnsupported(unknown));
  }
});
})();
