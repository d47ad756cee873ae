// The elements <crowd-...> of Mechanical Turk and Ground Truth, for pages that use them. Comes after page.js.
// Each of ours has one ordinary control inside, and is to the form what that control would be.

(() => {
  "use strict";

  const sentences = import("/_mephisto/sentences.js");
  const NATIVE = { "max-length": "maxlength", "min-length": "minlength", "allowed-pattern": "pattern", "auto-focus": "autofocus" };
  const PASSED = ["type", "placeholder", "required", "disabled", "rows", "min", "max", "step", "aria-label", ...Object.keys(NATIVE)];
  const STYLE = `
    :host { display: block; margin: 0.5rem 0; }
    :host([hidden]) { display: none; }
    :host(crowd-checkbox), :host(crowd-radio-button), :host(crowd-button) { display: inline-block; margin: 0.25rem 1rem 0.25rem 0; }
    label { display: block; }
    input:not([type]), input[type=text], input[type=number], input[type=email], input[type=url], textarea {
      box-sizing: border-box; width: 100%; max-width: 40rem; padding: 0.5rem 0.6rem; border: 1px solid #79808a; border-radius: 0.3rem; font: inherit; }
    input[type=range] { width: min(24rem, 75%); vertical-align: middle; }
    input[type=checkbox], input[type=radio] { width: 1.1em; height: 1.1em; margin: 0 0.4em 0 0; vertical-align: -0.15em; }
    span { display: block; margin-bottom: 0.2rem; }
    output { margin-left: 0.6rem; font-weight: 600; }
    button { min-height: 2.5rem; padding: 0.4rem 1.2rem; border: 1px solid #2457c5; border-radius: 0.4rem; background: none; color: #2457c5; font: inherit; cursor: pointer; }
    :host([variant=primary]) button, :host([form-action=submit]) button { background: #2457c5; color: #fff; }
    button:disabled { border-color: #68707c; background: #68707c; color: #fff; cursor: default; }
    fieldset { margin: 0; padding: 0; border: 0; }
    legend { padding: 0; font-size: 1.2rem; font-weight: 600; }
    details { margin: 0.75rem 0; padding: 0.5rem 0.75rem; border: 1px solid #79808a; border-radius: 0.4rem; }
    summary { cursor: pointer; }
    :focus-visible { outline: 2px solid #2457c5; outline-offset: 2px; }`;

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  function shadow(element, ...children) {
    const root = element.attachShadow({ mode: "open", delegatesFocus: true });
    root.append(make("style", {}, STYLE), ...children);
    return root;
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

  // -- Fields --------------------------------------------------------------------------------------------------

  class Field extends HTMLElement {
    static formAssociated = true;
    static observedAttributes = [...PASSED, "name", "value", "checked", "label", "categories", "header", "error-message"];

    constructor() {
      super();
      this.internals = this.attachInternals();
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
        const target = NATIVE[name] ?? name;
        value === null ? this.control.removeAttribute(target) : this.control.setAttribute(target, value);
      } else if (name === "value" && !this.touched) {
        this.value = value ?? "";
      }
      this.update();
    }

    update() {
      this.internals.setFormValue(this.given());
      this.validate(this.control.validity, this.control.validationMessage);
    }

    validate(flags, message) {
      this.internals.setValidity(flags, (flags.patternMismatch && this.getAttribute("error-message")) || message || " ", this.control);
    }

    // In the browser's own words and language.
    lacking(is) {
      const empty = make("input", { required: "" });
      this.validate(is ? empty.validity : {}, empty.validationMessage);
    }

    given() {
      return this.control.value;
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
    static native = "input";

    draw() {
      const control = make(this.constructor.native);
      this.words = make("span");
      shadow(this, make("label", {}, this.words, control));
      return control;
    }

    attributeChangedCallback(name, before, value) {
      this.words.textContent = this.getAttribute("label") ?? "";
      super.attributeChangedCallback(name, before, value);
    }

    given() {
      return this.type === "file" ? (this.control.files[0] ?? new File([], "")) : this.control.value;
    }
  }

  class TextArea extends Text {
    static native = "textarea";
  }

  class Check extends Field {
    static native = "checkbox";

    draw() {
      const control = make("input", { type: this.constructor.native });
      this.words = document.createTextNode("");
      shadow(this, make("label", {}, control, make("slot"), this.words));
      return control;
    }

    attributeChangedCallback(name, before, value) {
      this.words.data = this.getAttribute("label") ?? "";
      if (name === "checked" && !this.touched) {
        this.control.checked = value !== null;
      }
      super.attributeChangedCallback(name, before, value);
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
    static native = "radio";

    connectedCallback() {
      super.connectedCallback();
      this.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (step) {
          const all = this.group();
          const next = all[(all.indexOf(this) + step + all.length) % all.length];
          event.preventDefault();
          next.focus();
          next.control.click();
        }
      });
    }

    group() {
      const around = this.closest("crowd-radio-group");
      const all = Array.from((around ?? document).querySelectorAll("crowd-radio-button"));
      return around ? all : all.filter((button) => button === this || (this.name !== "" && button.name === this.name));
    }

    update() {
      const all = this.isConnected ? this.group() : [this];
      for (const other of all) {
        if (this.checked && other !== this) {
          other.control.checked = false;
        }
      }
      const missing = all.some((button) => button.required) && !all.some((button) => button.checked);
      for (const button of all) {
        button.internals.setFormValue(button.given());
        button.lacking(missing);
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
      this.shown.textContent = this.hasAttribute("pin") || this.hasAttribute("editable") ? this.control.value : "";
      this.internals.setFormValue(this.control.value);
      this.lacking(this.required && !this.touched && !this.hasAttribute("value"));
    }
  }

  class Classifier extends Field {
    chosen = null;

    draw() {
      this.choices = make("fieldset", {}, make("legend"));
      this.more = make("details", { hidden: "" }, make("summary", {}, "…"), make("slot", { name: "full-instructions" }));
      shadow(this, make("slot", { name: "short-instructions" }), this.more, make("slot", { name: "classification-target" }), this.choices, make("slot"));
      new MutationObserver(() => this.place()).observe(this, { childList: true });
      return this.choices;
    }

    connectedCallback() {
      super.connectedCallback();
      this.place();
    }

    place() {
      for (const child of this.children) {
        child.slot = /^(classification-target|(short|full)-instructions)$/.test(child.localName) ? child.localName : "";
      }
      const full = this.querySelector(":scope > full-instructions");
      this.more.hidden = full === null;
      this.more.firstChild.textContent = full?.getAttribute("header") ?? "…";
    }

    attributeChangedCallback(name, _, value) {
      if (name === "header") {
        this.choices.querySelector("legend").textContent = value;
      } else if (name === "categories") {
        this.categories = listOf(value ?? "[]");
      }
    }

    set categories(all) {
      const legend = this.choices.firstChild;
      this.choices.replaceChildren(legend, ...all.map((category) => this.choice(category?.label ?? category?.text ?? String(category))));
      this.chosen = null;
      this.update();
    }

    get categories() {
      return Array.from(this.choices.querySelectorAll("input"), (input) => input.value);
    }

    choice(words) {
      const input = make("input", { type: "radio", name: "category", value: words });
      input.addEventListener("change", () => (this.chosen = words));
      return make("label", {}, input, words);
    }

    update() {
      this.chosen = this.choices.querySelector("input:checked")?.value ?? null;
      this.internals.setFormValue(this.chosen);
      this.lacking(this.chosen === null);
    }

    get type() {
      return this.localName;
    }

    get value() {
      return { label: this.chosen };
    }

    set value(value) {}

    formResetCallback() {
      this.choices.querySelectorAll("input").forEach((input) => (input.checked = false));
      this.update();
    }
  }

  // -- What stands around fields ---------------------------------------------------------------------------------

  class Form extends HTMLElement {
    get form() {
      return this.querySelector("form");
    }

    submit() {
      this.form?.requestSubmit();
    }

    requestSubmit() {
      this.submit();
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

    attributeChangedCallback(name, _, value) {
      this.button.disabled = this.hasAttribute("disabled") || this.hasAttribute("loading");
      if (name === "aria-label") {
        this.button.setAttribute(name, value ?? "");
      }
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
      this.attachInternals().role = "radiogroup";
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

  // -- The answer, as the originals give it -----------------------------------------------------------------------

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
        answer[name] = control.matches(":disabled") ? null : Number(control.control.value);
      }
    }
    for (const [name, values] of Object.entries(objects)) {
      if (around?.getAttribute("answer-format") === "flatten-objects") {
        delete answer[name];
        for (const [key, value] of Object.entries(values)) {
          answer[`${name}.${key}`] = value;
        }
      } else {
        answer[name] = values;
      }
    }
  });

  // -- When all of the page is there ------------------------------------------------------------------------------

  document.addEventListener("DOMContentLoaded", () => {
    // Where the original has its button, and where the page listens for its `submit`.
    const own = document.getElementById("mephisto-submit-form");
    if (own) {
      document.querySelector("crowd-form")?.append(own);
    }
    setTimeout(() => document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true })));
  });

  window.addEventListener("load", async () => {
    const { say } = await sentences;
    const missing = new Map();
    for (const element of document.querySelectorAll("*")) {
      if (element.localName.startsWith("crowd-") && !customElements.get(element.localName)) {
        missing.set(element.localName, true);
        if (element.hasAttribute("name")) {
          const notice = make("p", { class: "mephisto-notice", role: "alert" }, say("unsupported", { name: `<${element.localName}>` }));
          element.before(notice);
        }
      }
    }
    for (const name of missing.keys()) {
      window.dispatchEvent(new ErrorEvent("error", { message: `<${name}> is not supported here.` }));
    }
  });
})();
