// The list: one page of attempts at a time, in the order of the data, and the filters above it.

import { ask } from "./asking.js";
import { badge } from "./attempts.js";
import { make } from "./making.js";
import { moment, placeOf, STATES } from "./words.js";

const PAUSE = 250;

export class List {
  items = [];
  chosen = null;
  #moreBefore = false;
  #moreAfter = false;
  #asked = 0;
  #form = document.getElementById("filters");
  #place = document.getElementById("items");
  #choose;
  #carefully;

  constructor({ choose, carefully, changed }) {
    this.#choose = choose;
    this.#carefully = carefully;
    const state = this.#form.elements.state;
    state.append(...Object.entries({ completed: STATES.completed, "": "All", ...STATES }).map(([value, label]) => make("option", { value }, label)));
    let timer = null;
    this.#form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(changed, PAUSE);
    });
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    document.getElementById("earlier").addEventListener("click", () => carefully(() => this.turn("before", -1), true));
    document.getElementById("later").addEventListener("click", () => carefully(() => this.turn("after", 0), true));
  }

  get filters() {
    return Object.fromEntries(new FormData(this.#form));
  }

  // Whether the filters may leave out what is undecided.
  get isFiltered() {
    const { state, run, worker, text } = this.filters;
    return run !== "" || worker !== "" || text !== "" || !["", "completed"].includes(state);
  }

  showRuns(runs) {
    const select = this.#form.elements.run;
    select.append(...runs.toReversed().map((run) => make("option", { value: run.id }, `${moment(run.at)} (${run.id})`)));
    document.getElementById("run-label").hidden = runs.length < 2;
  }

  showCounts(counts) {
    for (const option of this.#form.elements.state.options) {
      const label = STATES[option.value] ?? "All";
      const number = option.value === "" ? Object.values(counts).reduce((sum, one) => sum + one, 0) : (counts[option.value] ?? 0);
      option.textContent = `${label} (${number})`;
    }
  }

  focusSearch() {
    this.#form.elements.text.focus();
  }

  // Read the page at *place*, {after | before | start: agent}, or the first one; false if there is nothing in it.
  async load(place = {}) {
    this.#asked += 1;
    const mine = this.#asked;
    const page = await ask("/api/items", { parameters: { ...this.filters, ...place } });
    if (mine !== this.#asked || (page.items.length === 0 && Object.keys(place).length > 0)) {
      return false;
    }
    this.items = page.items;
    this.#moreBefore = page.more_before;
    this.#moreAfter = page.more_after;
    this.#draw();
    return page.items.length > 0;
  }

  // Go to the page before or after this one, and choose its item at *index*.
  async turn(direction, index) {
    const edge = this.items.at(direction === "after" ? -1 : 0);
    if (edge !== undefined && (await this.load({ [direction]: edge.agent }))) {
      await this.#choose(this.items.at(index).agent);
      return true;
    }
    return false;
  }

  // Choose the next item, or with -1 the previous one; false at the end.
  async step(by) {
    const index = this.items.findIndex((item) => item.agent === this.chosen) + by;
    if (index in this.items) {
      await this.#choose(this.items[index].agent);
      return true;
    }
    return by > 0 ? this.#moreAfter && this.turn("after", 0) : this.#moreBefore && this.turn("before", -1);
  }

  mark(agent) {
    const hadFocus = this.#place.contains(document.activeElement);
    this.chosen = agent;
    for (const button of this.#place.querySelectorAll("button")) {
      const isChosen = button.dataset.agent === agent;
      button.tabIndex = isChosen ? 0 : -1;
      button.toggleAttribute("aria-current", false);
      if (isChosen) {
        button.setAttribute("aria-current", "true");
        this.#reveal(button);
        if (hadFocus) {
          button.focus();
        }
      }
    }
  }

  setState(agents, state) {
    for (const item of this.items.filter((one) => agents.includes(one.agent))) {
      item.state = state;
      this.#place.querySelector(`[data-agent="${item.agent}"] .badge`)?.replaceWith(badge(state));
    }
  }

  // Only the list moves; in a narrow window, scrolling into view would move all of the page.
  #reveal(button) {
    const top = button.offsetTop - this.#place.offsetTop;
    const bottom = top + button.offsetHeight - this.#place.clientHeight;
    this.#place.scrollTop = Math.max(bottom, Math.min(top, this.#place.scrollTop));
  }

  #draw() {
    this.#place.replaceChildren(...this.items.map((item) => make("li", {}, make("button", { type: "button", "data-agent": item.agent, click: () => this.#carefully(() => this.#choose(item.agent), true) }, make("span", { class: "row" }, placeOf(item)), make("span", { class: "worker" }, item.worker), badge(item.state)))));
    document.getElementById("earlier").disabled = !this.#moreBefore;
    document.getElementById("later").disabled = !this.#moreAfter;
    const first = this.#place.querySelector("button");
    if (first !== null) {
      first.tabIndex = 0;
    }
    this.mark(this.chosen);
  }
}
