// What came in for one row of data: each attempt with its answer, its files, and what was decided about it.

import { fileList } from "./files.js";
import { make } from "./making.js";
import { fields } from "./values.js";
import { count, dollars, EXPLAINED, moment, span, STATES } from "./words.js";

export function badge(state) {
  return make("span", { class: `badge ${state}` }, STATES[state] ?? state);
}

export function attemptCards(detail, choose, provider) {
  const cards = detail.attempts.map((attempt) => card(attempt, attempt.agent === detail.agent, choose, provider));
  const more = detail.more_beside > 0 ? make("p", { class: "quiet" }, `${count(detail.more_beside, "more answer", "more answers")} to this row; the list leads to them.`) : null;
  return make("div", { class: "attempts" }, cards, more);
}

function card(attempt, isChosen, choose, provider) {
  const title = `Worker ${attempt.worker}`;
  const heading = isChosen ? title : make("button", { type: "button", class: "link", click: () => choose(attempt.agent) }, title);
  return make(
    "section",
    { class: isChosen ? "attempt chosen" : "attempt", "aria-label": `${title}${isChosen ? ", chosen" : ""}` },
    make("header", {}, make("h3", {}, heading), badge(attempt.state)),
    make("p", { class: "quiet" }, `${moment(attempt.ended)}, after ${span(attempt.ended - attempt.began)}`),
    attempt.state in EXPLAINED ? make("p", { class: "explained" }, EXPLAINED[attempt.state]) : null,
    provider.place(attempt),
    fields(attempt.answer),
    fileList(attempt.files),
    talk(attempt.live_updates),
    attempt.differing.map(differing),
    history(attempt.decisions),
  );
}

// What the worker and the script said to each other meanwhile. Their names for it are nobody's business.
function talk(updates) {
  if (updates.length === 0) {
    return null;
  }
  const lines = updates.map(({ from_worker, data: { update_id, ...said } }) => {
    return make("li", { class: from_worker ? "worker" : "script" }, make("strong", {}, from_worker ? "Worker" : "Script"), fields(said));
  });
  return make("details", { open: "" }, make("summary", {}, count(updates.length, "live update", "live updates")), make("ol", { class: "talk" }, lines));
}

function differing(other) {
  return make(
    "details",
    {},
    make("summary", {}, `A different answer, sent ${moment(other.received)}`),
    make("p", { class: "quiet" }, "It came after the first one from the same worker. It is kept, and never counts."),
    fields(other.answer),
    fileList(other.files),
  );
}

function history(decisions) {
  if (decisions.length === 0) {
    return null;
  }
  const steps = decisions.map((step) => {
    return make("li", {}, make("strong", {}, what(step)), ` by ${step.reviewer || "somebody"}, ${moment(step.at)}`, step.reason ? make("q", {}, step.reason) : null);
  });
  return make("ol", { class: "history", "aria-label": "Decisions" }, steps);
}

function what(step) {
  if (step.kind === "work") {
    return step.taken_back ? `Taken back from ${STATES[step.before]}` : STATES[step.status];
  }
  return `${step.kind === "bonus" ? `Bonus of ${dollars(step.cents)}` : "Message"}${step.taken_back ? ", taken back" : ""}`;
}
