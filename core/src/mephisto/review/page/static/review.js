// The review: chooses attempts, shows them, and decides about them by keys and buttons.

import { ask, enter, Refusal } from "./asking.js";
import { attemptCards, badge } from "./attempts.js";
import { forgetFiles } from "./files.js";
import { listen } from "./keys.js";
import { List } from "./list.js";
import { make } from "./making.js";
import { Provider } from "./provider.js";
import { question } from "./questions.js";
import { fields } from "./values.js";
import { count, DECISIONS, isDecidable, placeOf, STATES } from "./words.js";

const place = document.getElementById("detail");
const notice = document.getElementById("notice");
const said = document.getElementById("said");
const list = new List({ choose, carefully, changed: () => carefully(begin, true) });
const provider = new Provider({ carefully, say });
const steps = [];
const MOST_WAITING = 3;
let detail = null;
let note = "";
let asked = 0;
let waiting = 0;
let last = Promise.resolve();

// One thing is done after the other. A decision that is asked for before the last thing is done is not meant for what
// will be shown by then, and dropped; what only looks elsewhere waits its turn.
function carefully(work, waits = false) {
  if (waiting > (waits ? MOST_WAITING : 0)) {
    return;
  }
  waiting += 1;
  place.setAttribute("aria-busy", "true");
  last = last.then(() => attempted(work)).finally(() => {
    waiting -= 1;
    place.setAttribute("aria-busy", String(waiting > 0));
  });
}

// What is refused, and what is lost, is said.
async function attempted(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    error.status === 401 ? showNotice("This review is closed here", error.message) : say(error.message);
  }
}

function say(sentence) {
  said.textContent = sentence;
}

function showNotice(title, text) {
  document.getElementById("place").hidden = true;
  notice.replaceChildren(make("h2", {}, title), make("p", {}, text));
  notice.hidden = false;
}

async function start() {
  if (!(await enter())) {
    showNotice("Open the newest link", "Each link works once. The newest one stands in the terminal where the review was started.");
    return;
  }
  const task = await ask("/api/task");
  document.title = `Review · ${task.name}`;
  document.getElementById("title").textContent = task.name;
  list.showRuns(task.runs);
  document.getElementById("place").hidden = false;
  await begin();
}

async function begin() {
  showStanding();
  if (await list.load()) {
    await choose(list.items[0].agent);
  } else if (list.items.length === 0) {
    list.chosen = detail = null;
    place.replaceChildren(make("div", { class: "notice" }, make("h2", {}, "Nothing here"), make("p", {}, "No answer is as the filters ask for.")));
  }
}

async function showStanding() {
  const counts = await ask("/api/counts", { parameters: list.filters }).catch(() => null);
  if (counts !== null) {
    const open = counts.completed ?? 0;
    const decided = ["approved", "soft_rejected", "rejected"].reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    const progress = document.getElementById("progress");
    progress.max = Math.max(1, open + decided);
    progress.value = decided;
    document.getElementById("standing").textContent = `${decided} of ${open + decided} decided`;
    list.showCounts(counts);
  }
}

async function choose(agent) {
  asked += 1;
  const mine = asked;
  list.mark(agent);
  const found = await ask(`/api/items/${agent}`);
  if (mine === asked) {
    detail = found;
    const attempt = current();
    list.setState([agent], attempt.state);
    draw(attempt);
  }
}

function current() {
  return detail?.attempts.find((attempt) => attempt.agent === detail.agent);
}

// -- Showing ----------------------------------------------------------------------------------------------------

function draw(attempt) {
  forgetFiles();
  provider.watch(detail.attempts, detail.agent);
  place.replaceChildren(
    make("header", {}, make("h2", {}, `${placeOf(detail)}, worker ${attempt.worker}`), badge(attempt.state)),
    isDecidable(attempt.state) ? decisionBar(attempt) : "",
    make("div", { class: "panes" }, page(attempt), make("div", { class: "came" }, attemptCards(detail, (agent) => carefully(() => choose(agent), true), provider), make("details", {}, make("summary", {}, detail.row === null ? "Data of this unit" : "Data of this row"), fields(detail.inputs)))),
  );
  place.scrollTop = 0;
  const isStacked = document.documentElement.scrollHeight > window.innerHeight;
  if (isStacked && !document.querySelector("nav").contains(document.activeElement)) {
    place.scrollIntoView();
  }
}

function decisionBar(attempt) {
  const buttons = Object.entries(DECISIONS).map(([name, { verb, key, state }]) =>
    make("button", { type: "button", class: `decision ${state}`, "aria-keyshortcuts": key, "aria-pressed": String(attempt.state === state), click: () => carefully(() => decide(name)) }, verb, " ", make("kbd", { "aria-hidden": "true" }, key)),
  );
  const undo = make("button", { type: "button", class: "plain", "aria-keyshortcuts": "u", disabled: steps.length === 0, click: () => carefully(takeBack) }, "Undo ", make("kbd", { "aria-hidden": "true" }, "u"));
  const field = make("input", { id: "note", type: "text", autocomplete: "off", placeholder: "Kept with the decision", value: note, input: () => (note = field.value) });
  const open = attempt.worker_counts.completed ?? 0;
  const all = make(
    "p",
    { class: "all" },
    list.isFiltered ? "All undecided answers of this worker that the filters show: " : `All ${count(open, "undecided answer", "undecided answers")} of this worker: `,
    Object.entries(DECISIONS).map(([name, { verb, key }]) => make("button", { type: "button", class: "plain", click: () => carefully(() => decideAll(name)) }, `${verb} all `, make("kbd", { "aria-hidden": "true" }, key.toUpperCase()))),
  );
  return make("div", { class: "decide" }, make("div", { class: "buttons", role: "group", "aria-label": "Decision" }, buttons, undo), make("label", { class: "note" }, "Note ", field), open > 1 ? all : null);
}

function page(attempt) {
  if (attempt.page === null) {
    return make("p", { class: "quiet page" }, "The page of this run is not kept here any more.");
  }
  const frame = make("iframe", { title: `The page as worker ${attempt.worker} saw it`, src: attempt.page, sandbox: "allow-scripts allow-same-origin", referrerpolicy: "no-referrer" });
  return make("figure", { class: "page" }, make("figcaption", { class: "quiet" }, `The page as worker ${attempt.worker} saw it, with the answer filled in`), frame);
}

// -- Deciding ---------------------------------------------------------------------------------------------------

async function decide(name) {
  const attempt = current();
  const { state, verb } = DECISIONS[name];
  if (attempt === undefined || !isDecidable(attempt.state)) {
    say("Only an answer that counts can be decided about.");
    return;
  }
  if (attempt.state === state) {
    say(`It is ${STATES[state].toLowerCase()} already.`);
    return;
  }
  const who = `${placeOf(detail).toLowerCase()}, worker ${attempt.worker}`;
  let reason = note;
  if (name === "reject") {
    reason = await question({ title: `Reject ${who}?`, text: "The worker may be told the reason.", label: "Why are you rejecting this work?", yes: verb, required: true, given: note });
    if (reason === null) {
      return;
    }
  }
  try {
    const written = await ask("/api/decisions", { body: { agent: attempt.agent, decision: name, reason, seen: attempt.state } });
    await decided(written, attempt.agent, [attempt.agent], `${STATES[state]}: ${who}.`);
  } catch (error) {
    await refused(error, attempt.agent);
  }
}

async function decideAll(name) {
  const attempt = current();
  if (attempt === undefined) {
    return;
  }
  const { state, verb } = DECISIONS[name];
  const filters = list.filters;
  const path = `/api/workers/${attempt.worker_id}`;
  const { count: open } = await ask(`${path}/undecided`, { parameters: filters });
  if (open === 0) {
    say(`Nothing of worker ${attempt.worker} that the filters show is undecided.`);
    return;
  }
  const answers = count(open, "undecided answer", "undecided answers");
  const reason = await question({
    title: `${verb} ${answers} of worker ${attempt.worker}?`,
    text: list.isFiltered ? "These are all that the filters show; the worker's others stay as they are." : "These are all of this task.",
    label: name === "reject" ? "Why are you rejecting this work?" : "Note (kept with each decision)",
    yes: `${verb} ${open}`,
    required: name === "reject",
    given: note,
  });
  if (reason === null) {
    return;
  }
  say(`Deciding about ${answers}…`);
  try {
    const written = await ask(`${path}/decisions`, { body: { decision: name, reason, filters, count: open } });
    const theirs = list.items.filter((item) => item.worker === attempt.worker && item.state === "completed").map((item) => item.agent);
    await decided(written, attempt.agent, theirs, `${STATES[state]}: ${count(written.decisions.length, "answer", "answers")} of worker ${attempt.worker}.`);
  } catch (error) {
    await refused(error, attempt.agent);
  }
}

async function decided(written, agent, agents, sentence) {
  if (written.decisions.length > 0) {
    steps.push({ decisions: written.decisions, agent });
  }
  note = "";
  list.setState(agents, written.state);
  showStanding();
  const index = list.items.findIndex((item) => item.agent === agent);
  const next = list.items.slice(index + 1).find((item) => !agents.includes(item.agent));
  if (next !== undefined) {
    await choose(next.agent);
  } else if (!(await list.turn("after", 0))) {
    await choose(agent);
    say(`${sentence} This was the last one here.`);
    return;
  }
  say(sentence);
}

// Somebody else was faster: what they decided is shown, and stands.
async function refused(error, agent) {
  if (!(error instanceof Refusal) || error.status !== 409) {
    throw error;
  }
  await choose(agent);
  showStanding();
  say(error.message);
}

async function takeBack() {
  const step = steps.pop();
  if (step === undefined) {
    say("There is no decision to take back.");
    return;
  }
  const { taken_back: number } = await ask("/api/decisions/undo", { body: { decisions: step.decisions } });
  if (!list.items.some((item) => item.agent === step.agent) || step.decisions.length > 1) {
    await list.load({ start: step.agent });
  }
  await choose(step.agent);
  showStanding();
  const stays = step.decisions.length - number;
  say(`Taken back: ${count(number, "decision", "decisions")}.${stays > 0 ? ` ${stays} stay: something was decided, or the provider was told, meanwhile.` : ""}`);
}

// -- Keys -------------------------------------------------------------------------------------------------------

const next = Object.assign(() => step(1), { looks: true });
const previous = Object.assign(() => step(-1), { looks: true });
const KEYS = {
  ...Object.fromEntries(Object.entries(DECISIONS).flatMap(([name, { key }]) => [[key, () => decide(name)], [key.toUpperCase(), () => decideAll(name)]])),
  u: takeBack,
  t: () => provider.retry(),
  j: next,
  ArrowDown: next,
  k: previous,
  ArrowUp: previous,
};

async function step(by) {
  if (!(await list.step(by))) {
    say(by > 0 ? "This is the last one." : "This is the first one.");
  }
}

listen(KEYS, { place, list, carefully });
carefully(start);
