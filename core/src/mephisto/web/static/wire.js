// Requests to the server. What may pass by itself is waited for; what will not is a Refusal.

const PASSING = new Set([429, 502, 503, 504]);
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 20000;
const LONGEST_ANSWER = 60000;

export class Refusal extends Error {
  constructor(status, body) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
  }

  get sentence() {
    return this.body.error ?? null;
  }
}

// Ask until there is an answer. `waiting(true)` is called when it has to be waited for, `waiting(false)` when that is over.
export async function ask(path, { json, form, headers = {}, attempts = Infinity, waiting = () => {}, check = async () => {} } = {}) {
  const request = { headers, cache: "no-store" };
  if (json !== undefined || form !== undefined) {
    request.method = "POST";
    request.body = form ?? new Blob([JSON.stringify(json)], { type: "application/json" });
  }
  for (let attempt = 1; ; attempt += 1) {
    // An upload takes as long as it takes; all else that takes a minute is lost.
    request.signal = form === undefined ? AbortSignal.timeout(LONGEST_ANSWER) : undefined;
    const response = await fetch(withProviderQuery(path), request).catch(() => null);
    if (response !== null && !PASSING.has(response.status)) {
      waiting(false);
      const body = await response.json().catch(() => ({}));
      if (!response.ok) {
        throw new Refusal(response.status, body);
      }
      return body;
    }
    if (attempt >= attempts) {
      throw new Refusal(response?.status ?? 0, {});
    }
    // A file that has changed since it was chosen looks like a lost connection, but never passes.
    await check();
    waiting(true);
    await pause(attempt, Number(response?.headers.get("Retry-After")) || 0);
  }
}

export function withProviderQuery(path) {
  const given = typeof getProviderURLParams === "undefined" ? {} : getProviderURLParams;
  return withQuery(path, new URLSearchParams(typeof given === "function" ? given() : given).toString());
}

export function withQuery(path, query) {
  return query === "" ? path : path + (path.includes("?") ? "&" : "?") + query;
}

// Longer each time, and never the same for two pages: all of them lost the server in the same moment.
function pause(attempt, atLeast) {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
  const milliseconds = atLeast * 1000 + longest * (0.5 + Math.random() / 2);
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    if (atLeast === 0) {
      window.addEventListener("online", resolve, { once: true });
    }
  });
}
