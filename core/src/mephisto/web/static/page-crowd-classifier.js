// The element <crowd-classifier>. Comes after page-crowd.js.

(() => {
"use strict";

const Field = Object.getPrototypeOf(customElements.get("crowd-input"));
const { make, shadow } = Field.tools;
const STYLE = `
  :host { display: flex; flex-direction: column; gap: 0.75rem; }
  fieldset { margin: 0; padding: 0; border: 0; }
  legend { padding: 0; font-size: 1.2rem; font-weight: 600; }
  ::slotted(short-instructions) { order: -1; }
  ::slotted(full-instructions) { order: 1; }
  ::slotted(full-instructions)::before { display: block; font-weight: 600; content: attr(header); }`;

// "['One', 'Two']" is how categories are usually written.
function listOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;
    return Array.from(text.matchAll(quoted), ([, single, double]) => (single ?? double).replace(/\\(.)/g, "$1"));
  }
}

class Classifier extends Field {
  // Chosen by a script or a draft before it could be.
  #wished = null;

  draw() {
    const choices = make("fieldset", {}, make("legend", {}, this.words));
    shadow(this, make("style", {}, STYLE), make("slot"), choices);
    return choices;
  }

  attributeChangedCallback(name, _, value) {
    if (name === "header") {
      this.words.textContent = value;
    } else if (name === "categories") {
      this.categories = listOf(value ?? "[]");
    }
  }

  formResetCallback() {
    this.#choose(null);
  }

  get categories() {
    return [...this.#inputs].map((input) => input.value);
  }

  // Texts, or objects with a label.
  set categories(all) {
    const radio = { type: "radio", name: "category", required: "" };
    const choice = (value) => make("label", {}, make("input", { ...radio, value }), value);
    const labels = all.map((category) => category?.label ?? category?.text ?? String(category));
    this.control.replaceChildren(this.control.firstChild, ...labels.map(choice));
    this.#choose(this.#wished);
  }

  get #inputs() {
    return this.control.querySelectorAll("input");
  }

  get #chosen() {
    return this.control.querySelector("input:checked")?.value ?? null;
  }

  #choose(label) {
    this.#inputs.forEach((input) => (input.checked = input.value === label));
    this.#wished = this.#chosen === null ? label : null;
    this.update();
  }

  update() {
    if (this.#chosen !== null) {
      this.#wished = null;
    }
    this.tellForm(this.#inputs[0] ?? this.control);
  }

  given() {
    return this.#chosen;
  }

  tellAnswer(name, objects) {
    objects[name] = this.value;
  }

  get type() {
    return this.localName;
  }

  get value() {
    return { label: this.#chosen };
  }

  set value(value) {
    this.#choose(value?.label ?? value ?? null);
  }

  get mephistoDraft() {
    return this.#chosen ?? this.#wished;
  }

  set mephistoDraft(label) {
    this.#choose(label);
  }
}

customElements.define("crowd-classifier", Classifier);
})();
