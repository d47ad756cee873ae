// The element <crowd-button>. Comes after page-crowd.js.

(() => {
"use strict";

const Field = Object.getPrototypeOf(customElements.get("crowd-input"));
const { make, shadow, reflect } = Field.tools;
const STYLE = `
  :host { display: inline-block; margin-right: 1rem; }
  button { padding: 0.5rem 1.2rem; border: 1px solid #2457c5; border-radius: 0.4rem; background: none; color: #2457c5; font: inherit; }
  :host([variant=primary]) button, :host([form-action=submit]) button { background: #2457c5; color: #fff; }
  :host(:is([disabled], [loading])) button { opacity: 0.5; }`;

class Button extends HTMLElement {
  static observedAttributes = ["disabled", "loading", "aria-label"];

  constructor() {
    super();
    this.button = make("button", { type: "button" }, make("slot"));
    shadow(this, make("style", {}, STYLE), this.button);
    // After the page's own listeners, which may keep it from happening.
    this.addEventListener("click", (event) => setTimeout(() => event.defaultPrevented || this.act()));
  }

  attributeChangedCallback() {
    this.button.disabled = this.matches("[disabled], [loading]");
    this.button.setAttribute("aria-label", this.getAttribute("aria-label") ?? "");
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

reflect(Button, "disabled");
customElements.define("crowd-button", Button);
})();
