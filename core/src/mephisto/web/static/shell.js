// The bar and the frame: who the worker is, which page they see, and that their answer arrives.

import { notice, place, tell } from "./notices.js";
import { say } from "./sentences.js";
import { Refusal, ask, withProviderQuery } from "./wire.js";

const BROWSER_KEY = "mephisto-browser-key";
const RELOADS = 3;
const MEGABYTE = 1024 * 1024;

class Shell {
  frame = null;
  agent = null;
  config = null;
  sending = false;

  async start() {
    window.addEventListener("message", (event) => this.receive(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.sending) {
        event.preventDefault();
      }
    });
    try {
      await this.open();
    } catch (error) {
      this.fail(error);
    }
  }

  async open() {
    tell("loading");
    const waiting = (yes) => tell(yes ? "waiting" : "loading");
    this.config = (await ask("/task_config.json", { waiting })).mephisto;
    document.title = this.config.title;
    document.getElementById("title").textContent = this.config.title;
    if (getWorkerName() == null || getAssignmentId() == null) {
      this.show(this.config.preview ?? "/page-preview.html");
      tell("preview");
      return;
    }
    const asked = { provider_data: getAgentRegistration(), client_timestamp: Date.now() / 1000, browser_key: browserKey() };
    const details = (await ask("/request_agent", { json: asked, waiting })).data;
    if (details.agent_id === null) {
      notice({
        title: say(details.receipt ? "savedTitle" : "refusedTitle"),
        text: details.failure_reason || say("refusedText"),
        receipt: details.receipt,
      });
      return;
    }
    this.agent = details.agent_id;
    this.show(details.page);
    tell(null);
  }

  show(path) {
    this.frame = document.createElement("iframe");
    this.frame.title = say("frame");
    this.frame.allow = "fullscreen";
    // Templates may read the address as they could when they were part of this document.
    const query = location.search.slice(1);
    this.frame.src = withProviderQuery(query === "" ? path : path + (path.includes("?") ? "&" : "?") + query);
    let loads = 0;
    this.frame.addEventListener("load", () => {
      loads += 1;
      if (!this.frame.hasPage) {
        this.reload(path, loads).catch((error) => this.fail(error));
      }
    });
    place.replaceChildren(this.frame);
  }

  // What loaded is not our page: the browser's own words for a lost connection, or the server's for a refusal.
  async reload(path, loads) {
    await ask(path, { waiting: (yes) => tell(yes ? "waiting" : null) });
    if (this.frame.hasPage) {
      return;
    }
    if (loads > RELOADS) {
      throw new Error("The page loads, but does not start.");
    }
    this.frame.src = this.frame.src;
  }

  receive(event) {
    if (event.origin !== location.origin || this.frame === null || event.source !== this.frame.contentWindow) {
      return;
    }
    const message = event.data ?? {};
    switch (message.mephisto) {
      case "ready":
        this.frame.hasPage = true;
        break;
      case "preview":
        tell("previewSubmit", true);
        break;
      case "error":
        this.report(message.error);
        break;
      case "submit":
        if (!this.sending && this.agent !== null) {
          this.submit(message.answer, message.files);
        }
        break;
    }
  }

  async submit(answer, files) {
    this.sending = true;
    this.frame.inert = true;
    tell("submitting");
    try {
      const reply = await this.send(answer, files);
      if (typeof reply.receipt === "string") {
        // The run may end once this is known; a run that has ended already no longer minds.
        const confirmed = { USED_AGENT_ID: this.agent, receipt: reply.receipt };
        await ask("/confirm_receipt", { json: confirmed, attempts: 3 }).catch(() => {});
      }
      this.sending = false;
      await handOver(answer);
      notice({ title: say("savedTitle"), text: say(reply.before ? "savedBefore" : "savedText"), receipt: reply.receipt, saved: true });
    } catch (error) {
      this.sending = false;
      this.frame.inert = false;
      this.frame.contentWindow.postMessage({ mephisto: "failed" }, location.origin);
      tell("notSent", true, { reason: error.sentence ?? say("notSentReason") });
    }
  }

  async send(answer, files) {
    this.checkSizes(files);
    const form = new FormData();
    form.append("USED_AGENT_ID", this.agent);
    form.append("submission_id", newId());
    form.append("final_string_data", JSON.stringify(answer));
    for (const { field, file } of files) {
      form.append(field, file, file.name);
    }
    try {
      return await ask("/submit_task", {
        form,
        headers: { "Mephisto-Agent": this.agent },
        waiting: (yes) => tell(yes ? "waitingToSubmit" : "submitting"),
        check: () => checkReadable(files),
      });
    } catch (error) {
      if (error instanceof Refusal && error.status === 409 && typeof error.body.receipt === "string") {
        return { ...error.body, before: true };
      }
      throw error;
    }
  }

  // The server asks the same, but only after the worker has waited for the upload.
  checkSizes(files) {
    const { upload, uploads, total } = this.config.limits;
    const large = files.find(({ file }) => file.size > upload);
    if (large) {
      throw complaint("fileTooLarge", { name: large.file.name, limit: Math.floor(upload / MEGABYTE) });
    }
    if (files.length > uploads) {
      throw complaint("tooManyFiles", { limit: uploads });
    }
    if (files.reduce((sum, { file }) => sum + file.size, 0) > total) {
      throw complaint("filesTooLarge", { limit: Math.floor(total / MEGABYTE) });
    }
  }

  report(error) {
    const json = { USED_AGENT_ID: this.agent ?? "", error_data: error };
    ask("/log_error", { json, attempts: 2 }).catch(() => {});
  }

  fail(error) {
    this.report({ message: String(error?.message ?? error), file: "shell.js", line: 0 });
    this.frame = null;
    notice({
      title: say("failedTitle"),
      text: error.sentence ?? say("failedText"),
      action: { label: say("again"), run: () => location.reload() },
    });
  }
}

async function checkReadable(files) {
  for (const { file } of files) {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      throw complaint("fileUnreadable", { name: file.name });
    }
  }
}

function complaint(name, values) {
  return new Refusal(0, { error: say(name, values) });
}

// The answer is saved by now: whatever the provider's script does, the worker is told so.
async function handOver(answer) {
  try {
    await handleSubmitToProvider(answer);
  } catch (error) {
    console.error(error);
  }
}

// Not a secret between worker and server, but between this browser and others that know the same address.
function browserKey() {
  try {
    const key = localStorage.getItem(BROWSER_KEY) ?? newId();
    localStorage.setItem(BROWSER_KEY, key);
    return key;
  } catch {
    return newId(); // storage is closed to frames in some browsers
  }
}

function newId() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  // Plain http elsewhere than on localhost has no randomUUID, but it has random values.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

new Shell().start();
