// What the provider was asked to do about the answers that are shown: how that stands, and asking once more.

import { ask } from "./asking.js";
import { make } from "./making.js";
import { actionWords, STANDINGS } from "./words.js";

const PAUSE = 1000;
const MOVING = ["ready", "running"];

export class Provider {
  #attempts = [];
  #chosen = null;
  #timer = null;
  #carefully;
  #say;

  constructor({ carefully, say }) {
    this.#carefully = carefully;
    this.#say = say;
  }

  // Keep what is shown of these attempts as it is by now.
  watch(attempts, chosen) {
    this.#attempts = attempts;
    this.#chosen = chosen;
    this.#wait();
  }

  // Make the place in which it is shown how things stand for an attempt.
  place(attempt) {
    const place = make("ul", { class: "provider", "aria-label": `Provider, worker ${attempt.worker}`, "data-attempt": attempt.agent });
    this.#fill(place, attempt);
    return place;
  }

  // Ask once more for what failed about an attempt, or about the chosen one.
  async retry(attempt = this.#attempts.find((one) => one.agent === this.#chosen)) {
    const failed = (attempt?.provider ?? []).filter((action) => action.state === "failed").map((action) => action.id);
    if (failed.length === 0) {
      this.#say("Nothing failed at the provider here.");
      return;
    }
    try {
      await ask("/api/provider/retry", { body: { actions: failed } });
      this.#say("The provider is asked once more.");
    } finally {
      await this.#look();
      document.getElementById("detail").focus();
    }
  }

  #wait() {
    clearTimeout(this.#timer);
    if (this.#attempts.some((attempt) => attempt.provider.some((action) => MOVING.includes(action.state)))) {
      this.#timer = setTimeout(() => this.#look().catch(() => null), PAUSE);
    }
  }

  async #look() {
    const attempts = this.#attempts;
    const found = await ask("/api/provider", { parameters: { agents: attempts.map((attempt) => attempt.agent).join(",") } });
    if (attempts !== this.#attempts) {
      return;
    }
    for (const attempt of attempts) {
      this.#update(attempt, found[attempt.agent] ?? []);
    }
    this.#wait();
  }

  #update(attempt, actions) {
    if (JSON.stringify(actions) === JSON.stringify(attempt.provider)) {
      return;
    }
    const before = new Map(attempt.provider.map((action) => [action.id, action.state]));
    attempt.provider = actions;
    this.#fill(document.querySelector(`[data-attempt="${attempt.agent}"]`), attempt);
    for (const action of actions.filter((one) => MOVING.includes(before.get(one.id)) && !MOVING.includes(one.state))) {
      this.#say(`Provider, worker ${attempt.worker}: ${standing(action)}`);
    }
  }

  #fill(place, attempt) {
    place.hidden = attempt.provider.length === 0;
    place.replaceChildren(...attempt.provider.map((action) => make("li", { class: action.state }, `Provider: ${standing(action)} `, action.state === "failed" ? this.#button(attempt) : null)));
  }

  #button(attempt) {
    const key = attempt.agent === this.#chosen ? "t" : null;
    return make("button", { type: "button", class: "plain", "aria-keyshortcuts": key, click: () => this.#carefully(() => this.retry(attempt)) }, "Try again ", key === null ? null : make("kbd", { "aria-hidden": "true" }, key));
  }
}

function standing(action) {
  const why = action.why === "" || action.state === "done" ? "" : `: ${action.why}`;
  return `${actionWords(action)}, ${STANDINGS[action.state]}${why}`;
}
