// What reviewers read about states and decisions.

export const STATES = {
  completed: "To review",
  approved: "Accepted",
  soft_rejected: "Passed",
  rejected: "Rejected",
  late: "Late",
  partial: "Partial",
};

export const DECISIONS = {
  accept: { state: "approved", verb: "Accept", key: "a" },
  pass: { state: "soft_rejected", verb: "Pass", key: "p" },
  reject: { state: "rejected", verb: "Reject", key: "r" },
};

// What is asked of providers, and how that stands.
const ACTIONS = { approve: "accept", soft_reject: "pass", reject: "reject" };
export const STANDINGS = {
  held: "told with your next decision, or when the review ends",
  ready: "waiting",
  running: "waiting for its reply",
  done: "done",
  failed: "failed",
};

// What an attempt is about: a row of the data, or a unit beside it.
const UNITS = { screening: "Screening unit", gold: "Gold unit" };

export function placeOf({ row, kind }) {
  return UNITS[kind] ?? `Row ${row}`;
}

export function actionWords({ kind, cents }) {
  return kind === "bonus" ? `bonus of ${dollars(cents)}` : (ACTIONS[kind] ?? kind);
}

export function dollars(cents) {
  return `$${(cents / 100).toFixed(2)}`;
}

export const EXPLAINED = {
  late: "It came after its time, when its place was not free any more. It is kept, and never counts.",
  partial: "The time ran out before anything was handed in. This is the last draft; it never counts.",
};

export function isDecidable(state) {
  return !(state in EXPLAINED);
}

export function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

export function moment(milliseconds) {
  return new Date(milliseconds).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return seconds < 120 ? `${seconds} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

export function size(bytes) {
  return bytes < 1024 ? `${bytes} bytes` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}
