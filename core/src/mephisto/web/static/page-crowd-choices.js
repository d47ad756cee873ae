// The elements <crowd-checkbox>, <crowd-radio-button> and <crowd-radio-group>. Comes after page-crowd.js.

(() => {
"use strict";

const Field = Object.getPrototypeOf(customElements.get("crowd-input"));
const { make, shadow } = Field.tools;
const STYLE = `
  :host { display: inline-block; margin-right: 1rem; }
  input { margin: 0 0.4em 0 0; }`;

class Check extends Field {
  draw(type = "checkbox") {
    // Without a name, nothing requires a radio button.
    const control = make("input", { type, name: "own" });
    shadow(this, make("style", {}, STYLE), make("label", {}, control, make("slot"), this.words));
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

  // All of the group around it; without one, those of its name in its form.
  group() {
    const around = this.closest("crowd-radio-group");
    const isMine = (other) => around || (this.name && other.name === this.name && other.form === this.form);
    const all = (around ?? this.getRootNode()).querySelectorAll("crowd-radio-button:defined");
    const found = [...all].filter((other) => other === this || (isMine(other) && other.closest("crowd-radio-group") === around));
    // One that is not in the page yet is alone.
    return found.length > 0 ? found : [this];
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

class Group extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", this.getAttribute("role") ?? "radiogroup");
  }
}

customElements.define("crowd-checkbox", Check);
customElements.define("crowd-radio-button", Radio);
customElements.define("crowd-radio-group", Group);
})();
