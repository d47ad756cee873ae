// Live updates on their way: what the page says goes to the server in order, until it is there, and what the script of
// the run says is asked for. Loaded by the first page that has something to say, or wants to hear.

import { newId } from "./identity.js";
import { ask, withProviderQuery } from "./wire.js";

// Often while there is something to hear, and seldom when it has been still for a while.
const SOON = 300;
const SELDOM = 2000;
const STILL = 20000;
// The server takes that many at once.
const MOST = 100;

export class Talking {
  #shell;
  #agent;
  #unsent = [];
  #mine = new Set();
  #known = 0;
  #listens = false;
  #asks = false;
  #movedAt = 0;
  #timer = null;
  #end = new AbortController();

  constructor(shell) {
    this.#shell = shell;
    this.#agent = shell.agent;
    window.addEventListener("pagehide", () => this.#sendLast(), this.#end);
  }

  say(data) {
    const update = { ...data, update_id: newId() };
    this.#mine.add(update.update_id);
    this.#unsent.push(update);
    this.#movedAt = Date.now();
    this.#exchange();
  }

  listen() {
    this.#known = 0;
    this.#listens = true;
    this.#movedAt = Date.now();
    this.#exchange();
  }

  // Listen no more. What is still on its way is sent all the same.
  stop() {
    this.#listens = false;
    clearTimeout(this.#timer);
    if (this.#unsent.length === 0) {
      this.#end.abort();
    }
  }

  async #exchange() {
    if (this.#asks) {
      return;
    }
    this.#asks = true;
    clearTimeout(this.#timer);
    const sent = this.#unsent.slice(0, MOST);
    let isFull = false;
    try {
      const json = { USED_AGENT_ID: this.#agent, after: this.#known, updates: sent };
      const { updates, is_over } = await ask("/live_updates", { json, attempts: 1 });
      this.#unsent.splice(0, sent.length);
      isFull = this.#take(updates);
      this.#listens &&= !is_over;
    } catch (error) {
      this.#leaveOut(sent, error);
    }
    this.#asks = false;
    if (isFull || this.#unsent.length > 0 || this.#listens) {
      this.#timer = setTimeout(() => this.#exchange(), isFull ? 0 : this.#pause());
    }
  }

  // True if there may be more.
  #take(updates) {
    this.#known = updates.at(-1)?.number ?? this.#known;
    const news = updates.filter(({ from_worker, data }) => !from_worker || !this.#mine.has(data.update_id));
    if (news.length > 0) {
      this.#movedAt = Date.now();
      if (this.#listens) {
        this.#shell.sayToPage({ mephisto: "heard", updates: news });
      }
    }
    return updates.length === MOST;
  }

  // What was not taken is sent again, unless it never will be.
  #leaveOut(sent, error) {
    if (error.status === 404) {
      this.#unsent = [];
      this.stop();
    } else if (error.status >= 400 && error.status < 500) {
      this.#unsent.splice(0, sent.length);
      this.#shell.report({ message: error.sentence ?? error.message });
    }
  }

  #sendLast() {
    if (this.#unsent.length > 0) {
      const json = JSON.stringify({ USED_AGENT_ID: this.#agent, updates: this.#unsent.slice(0, MOST) });
      navigator.sendBeacon(withProviderQuery("/live_updates"), new Blob([json], { type: "application/json" }));
    }
  }

  #pause() {
    const milliseconds = Date.now() - this.#movedAt < STILL ? SOON : SELDOM;
    return milliseconds * (0.75 + Math.random() / 2);
  }
}
