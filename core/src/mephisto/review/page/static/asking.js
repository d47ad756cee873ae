// Requests to the review's server, each with the token, which this tab keeps.

const KEPT = "mephisto-review";
const HEADER = "X-Mephisto-Review";

export class Refusal extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

// Change the key of the link for the token; true if this tab has one.
export async function enter() {
  const key = location.hash.slice(1);
  if (key !== "") {
    history.replaceState(null, "", location.pathname);
    const response = await fetch("/open", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ key }),
    });
    if (response.ok) {
      sessionStorage.setItem(KEPT, (await response.json()).token);
    }
  }
  return sessionStorage.getItem(KEPT) !== null;
}

// Ask for JSON; with a *body*, it is sent.
export async function ask(path, { parameters = {}, body } = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== "");
  const query = new URLSearchParams(given).toString();
  const response = await answered(query === "" ? path : `${path}?${query}`, body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return response.json();
}

// Ask for a file, or for its first bytes.
export async function fileOf(id, most) {
  return answered(`/api/files/${id}`, most === undefined ? {} : { headers: { Range: `bytes=0-${most - 1}` } });
}

async function answered(path, request) {
  const headers = { ...request.headers, [HEADER]: sessionStorage.getItem(KEPT) ?? "" };
  const response = await fetch(path, { ...request, headers, cache: "no-store" }).catch(() => null);
  if (response === null) {
    throw new Refusal(0, "The review has ended: nothing answers. Start it again in the terminal.");
  }
  if (!response.ok) {
    const said = await response.json().catch(() => ({}));
    throw new Refusal(response.status, said.error ?? "There is nothing here.");
  }
  return response;
}
