// How a worker stands while at work: the time that is left, whether the task closes, and the draft of the answer.

import { announce, showTime, tell } from "./notices.js";
import { say } from "./sentences.js";
import { Shelf } from "./storage.js";
import { ask, withProviderQuery } from "./wire.js";

const BETWEEN_LOOKS = 5000;
const BETWEEN_DRAFTS = 20000;
const WARNINGS = [
  [300, "warning5"],
  [60, "warning1"],
];
const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const shelf = new Shelf("drafts");

export class Standing {
  // The instant of this machine's clock at which the time is over; each look at the server's sets it anew.
  until = Infinity;
  // Whether something else is being said, while the answer itself is on its way.
  isQuiet = false;
  #agent;
  #draft = null;
  #draftSentAt = 0;
  #isClosing = false;
  #isOver = false;
  #warnings = [];
  #timers = [];
  #end = new AbortController();

  constructor(agent, secondsLeft) {
    this.#agent = agent;
    this.#set(secondsLeft);
    // Some tasks are shorter from their beginning.
    this.#warnings = WARNINGS.filter(([seconds]) => seconds < secondsLeft);
    this.#timers = [setInterval(() => this.#tick(), 1000), setInterval(() => this.#look(), BETWEEN_LOOKS)];
    window.addEventListener("pagehide", () => this.#sendLast(), this.#end);
    document.addEventListener("visibilitychange", () => document.hidden && this.#sendLast(), this.#end);
    this.#tick();
  }

  // What was filled in when this page was open before; undefined if nothing was.
  async before() {
    return (await shelf.get(this.#agent))?.fields;
  }

  // Keep what is filled in now: `fields` to fill them in again, `answer` for the server.
  note({ fields, answer }) {
    this.#draft = answer;
    shelf.put(this.#agent, { fields });
  }

  stop() {
    this.#timers.forEach(clearInterval);
    this.#end.abort();
    showTime("");
  }

  forget() {
    this.stop();
    shelf.remove(this.#agent);
  }

  async #look() {
    const json = { USED_AGENT_ID: this.#agent, draft: null };
    if (Date.now() - this.#draftSentAt >= BETWEEN_DRAFTS && this.#draft !== null) {
      json.draft = this.#draft;
      this.#draft = null;
      this.#draftSentAt = Date.now();
    }
    try {
      const reply = await ask("/keep_draft", { json, attempts: 1 });
      this.#set(reply.seconds_left);
      if (reply.closing && !this.#isClosing && !this.isQuiet) {
        this.#isClosing = true;
        tell("closing", true);
      }
    } catch (error) {
      // What was not taken now goes along next time, unless there is something newer.
      this.#draft ??= error.status === 0 || error.status >= 500 ? json.draft : null;
    }
  }

  #sendLast() {
    if (this.#draft !== null) {
      const json = JSON.stringify({ USED_AGENT_ID: this.#agent, draft: this.#draft });
      if (navigator.sendBeacon(withProviderQuery("/keep_draft"), new Blob([json], { type: "application/json" }))) {
        this.#draft = null;
      }
    }
  }

  #set(secondsLeft) {
    if (Number.isFinite(secondsLeft)) {
      this.until = Date.now() + secondsLeft * 1000;
      if (this.#isOver && secondsLeft > 0) {
        this.#isOver = false;
        tell(null);
      }
    }
  }

  #tick() {
    const left = Math.round((this.until - Date.now()) / 1000);
    showTime(Number.isFinite(left) ? spanText(Math.max(0, left)) : "");
    // Only the narrowest one that is due: whoever comes back from a pause hears how much is left now.
    const due = this.#warnings.filter(([seconds]) => left <= seconds);
    this.#warnings = this.#warnings.filter(([seconds]) => left > seconds);
    if (left > 0 && due.length > 0) {
      announce(due.at(-1)[1]);
    }
    if (left <= 0 && !this.#isOver) {
      this.#isOver = true;
      // The server's clock decides, as long as it can be asked.
      this.#look().then(() => this.#isOver && !this.isQuiet && tell("timeOver", true));
    }
  }
}

function spanText(seconds) {
  if (seconds < 120) {
    return say("timeLeft", { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` });
  }
  const [unit, size] = UNITS.find((known) => seconds >= 2 * known[1]);
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit });
  return say("timeLeft", { time: format.format(Math.floor(seconds / size)) });
}
