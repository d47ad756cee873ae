// The element <crowd-slider>. Comes after page-crowd.js.

(() => {
"use strict";

const Field = Object.getPrototypeOf(customElements.get("crowd-input"));
const { make, shadow } = Field.tools;
const STYLE = "[type=range] { width: min(24rem, 75%); }";

class Slider extends Field {
  draw() {
    const control = make("input", { type: "range", value: "0" });
    this.shown = make("output");
    shadow(this, make("style", {}, STYLE), control, this.shown);
    return control;
  }

  attributeChangedCallback(name, before, value) {
    super.attributeChangedCallback(name, before, value);
    if (["min", "max", "step"].includes(name) && !this.touched) {
      // The browser takes the nearest that fits between the ends now.
      this.put(this.getAttribute("value") ?? "0");
    }
  }

  update() {
    this.shown.textContent = this.matches("[pin], [editable]") ? this.control.value : "";
    // The browser's own is never empty.
    const isMissing = this.required && !this.isAnswered;
    this.tellForm(make("input", isMissing ? { required: "" } : {}));
  }

  tellAnswer(name, _, answer) {
    if (!Array.isArray(answer[name])) {
      answer[name] = this.matches(":disabled") ? null : Number(this.value);
    }
  }

  get isAnswered() {
    return Boolean(this.touched) || this.hasAttribute("value");
  }

  // One that was left alone is left alone when the rest is filled in again.
  get mephistoDraft() {
    return this.isAnswered ? this.value : null;
  }

  set mephistoDraft(value) {
    this.value = value;
  }
}

customElements.define("crowd-slider", Slider);
})();
