// What the page says to the script of the run, and hears from it. Few pages do: what it takes is loaded by the first word.

import { ask } from "./wire.js";

const LAST_WORDS = 2000;

export class Live {
  #shell;
  #talking = null;

  constructor(shell) {
    this.#shell = shell;
  }

  say(data) {
    this.#use((talking) => talking.say(data));
  }

  listen() {
    this.#use((talking) => talking.listen());
  }

  // The page was loaded again.
  forget() {
    this.#talking?.then((talking) => talking.forget());
  }

  // What was said before an answer comes before it, too, unless that takes long, or fails.
  async settle() {
    if (this.#talking !== null) {
      const said = this.#talking.then((talking) => talking.settle());
      await Promise.race([said.catch(console.error), new Promise((resolve) => setTimeout(resolve, LAST_WORDS))]);
    }
  }

  stop() {
    this.#talking?.then((talking) => talking.stop());
    this.#talking = null;
  }

  #use(use) {
    const { agent } = this.#shell;
    if (agent !== null) {
      this.#talking ??= bring().then(({ Talking }) => new Talking(this.#shell, agent));
      this.#talking.then(use);
    }
  }
}

// The server may be away just now; an import that failed is not tried again under the same address.
function bring() {
  return import("./talking.js").catch(async () => {
    await ask("/_mephisto/talking.js");
    return import("./talking.js?again");
  });
}
