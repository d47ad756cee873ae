// Live updates on their way: what the page says goes to the server in order, until it is there, and what the script of
// the run says is asked for. Loaded by the first page that has something to say, or wants to hear.

import { newId } from "./identity.js";
import { Refusal, ask, withProviderQuery } from "./wire.js";

// Often while there is something to hear, and seldom when it has been still for a while, or the server is away.
const SOON = 300;
const SELDOM = 2000;
const STILL = 20000;
// The server takes that many at once.
const MOST = 100;

export class Talking {
  #shell;
  #agent;
  #unsent = [];
  // How many of them are sent together: fewer after a refusal, since it may be of only one of them, or of their size.
  #together = MOST;
  #mine = new Set();
  #known = 0;
  #listens = false;
  #listeners = 0;
  #hasMore = false;
  #asking = null;
  #isAway = false;
  #movedAt = 0;
  #timer = null;

  constructor(shell, agent) {
    this.#shell = shell;
    this.#agent = agent;
    window.addEventListener("pagehide", () => this.#sendLast());
  }

  say(data) {
    const update = { ...data, update_id: newId() };
    this.#mine.add(update.update_id);
    this.#unsent.push(update);
    this.#movedAt = Date.now();
    if (!this.#isAway) {
      this.#exchange();
    }
  }

  listen() {
    this.#known = 0;
    this.#hasMore = true;
    this.#listens = true;
    this.#listeners += 1;
    this.#movedAt = Date.now();
    this.#exchange();
  }

  // The page was loaded again: it knows nothing of what was said, not even of its own words, until it listens.
  forget() {
    this.#listens = false;
    this.#mine.clear();
  }

  // Listen no more. What is still on its way is sent all the same.
  stop() {
    this.#listens = false;
    if (this.#unsent.length > 0) {
      this.#exchange();
    } else {
      clearTimeout(this.#timer);
    }
  }

  // Until all that was said is there, or cannot be sent now.
  async settle() {
    do {
      await this.#exchange();
    } while (this.#unsent.length > 0 && !this.#isAway);
  }

  #exchange() {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      this.#goOn();
    });
    return this.#asking;
  }

  async #ask() {
    clearTimeout(this.#timer);
    const sent = this.#unsent.slice(0, this.#together);
    const listeners = this.#listeners;
    const json = { USED_AGENT_ID: this.#agent, after: this.#known, updates: sent };
    try {
      const { updates, is_over } = await ask("/live_updates", { json, attempts: 1 });
      if (updates === undefined) {
        // Whoever answered, it was not the server.
        throw new Refusal(0, {});
      }
      this.#isAway = false;
      this.#unsent.splice(0, sent.length);
      this.#together = Math.min(MOST, this.#together * 2);
      // Whoever began to listen meanwhile is told all from the beginning.
      if (listeners === this.#listeners) {
        this.#take(updates);
        this.#listens &&= !is_over;
      }
    } catch (error) {
      this.#leaveOut(sent, error);
    }
  }

  #goOn() {
    if (this.#unsent.length > 0 || this.#listens) {
      this.#timer = setTimeout(() => this.#exchange(), this.#pause());
    }
  }

  #take(updates) {
    this.#known = updates.at(-1)?.number ?? this.#known;
    this.#hasMore = updates.length === MOST;
    const news = updates.filter(({ from_worker, data }) => !from_worker || !this.#mine.has(data.update_id));
    if (news.length > 0) {
      this.#movedAt = Date.now();
      if (this.#listens) {
        this.#shell.sayToPage({ mephisto: "heard", updates: news });
      }
    }
  }

  // What was not taken is sent again, unless it never will be. Of several that are refused together only one may be wrong.
  #leaveOut(sent, error) {
    this.#isAway = !(error.status >= 400 && error.status < 500);
    if (error.status === 404) {
      this.#unsent = [];
      this.#listens = false;
    } else if (!this.#isAway && sent.length > 1) {
      this.#together = Math.ceil(sent.length / 2);
    } else if (!this.#isAway && sent.length === 1) {
      this.#unsent.shift();
      this.#shell.report({ message: `A live update was not kept. ${error.sentence ?? error.message}` });
    }
  }

  #sendLast() {
    if (this.#unsent.length > 0) {
      const json = JSON.stringify({ USED_AGENT_ID: this.#agent, updates: this.#unsent.slice(0, MOST) });
      navigator.sendBeacon(withProviderQuery("/live_updates"), new Blob([json], { type: "application/json" }));
    }
  }

  #pause() {
    if (!this.#isAway && (this.#unsent.length > 0 || this.#hasMore)) {
      return 0;
    }
    const milliseconds = !this.#isAway && Date.now() - this.#movedAt < STILL ? SOON : SELDOM;
    return milliseconds * (0.75 + Math.random() / 2);
  }
}
