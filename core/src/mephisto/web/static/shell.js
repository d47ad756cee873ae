// The bar and the frame: who the worker is, which page they see, and that their answer arrives.

import { saveAsFile } from "./answer-file.js";
import { browserKey } from "./identity.js";
import { notice, place, tell } from "./notices.js";
import * as outbox from "./outbox.js";
import { chooseLanguage, say, translated } from "./sentences.js";
import { Standing } from "./standing.js";
import { Refusal, ask, withProviderQuery } from "./wire.js";

const RELOADS = 3;
const FIRST_LOOK = 20000;
const LONGEST_WAIT = 300000;

class Shell {
  frame = null;
  agent = null;
  config = null;
  standing = null;
  sending = false;
  looking = null;

  async start() {
    window.addEventListener("message", (event) => this.receive(event));
    window.addEventListener("error", (event) => this.report(event.message, event.filename, event.lineno));
    window.addEventListener("unhandledrejection", (event) => this.report(String(event.reason?.message ?? event.reason)));
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
    await chooseLanguage(null);
    tell("loading");
    this.config = (await ask("/task_config.json", { waiting: sayWhileWaiting("waiting", "loading") })).mephisto;
    await chooseLanguage(this.config.language);
    document.title = this.config.title;
    document.getElementById("title").textContent = this.config.title;
    if (getWorkerName() == null || getAssignmentId() == null) {
      this.show(this.config.preview ?? "/page-preview.html");
      tell("preview");
    } else if (this.config.block_mobile && isMobile()) {
      notice({ title: say("refusedTitle"), text: say("noMobile") });
    } else if (!(await this.sendKept())) {
      await this.begin();
    }
  }

  // -- Work, or why there is none ---------------------------------------------------------------------------------

  async begin(again = false) {
    tell("loading");
    this.enter(await this.requestAgent(again));
  }

  async requestAgent(again = false) {
    const asked = { provider_data: getAgentRegistration(), client_timestamp: Date.now() / 1000, browser_key: browserKey(), again };
    return (await ask("/request_agent", { json: asked, waiting: sayWhileWaiting("waiting", "loading") })).data;
  }

  enter(details) {
    clearTimeout(this.looking);
    this.standing?.stop();
    if (details.agent_id === null) {
      this.refuse(details);
      return;
    }
    this.agent = details.agent_id;
    this.standing = new Standing(this.agent, details.seconds_left);
    this.show(details.page);
    tell(null);
  }

  refuse(details) {
    this.frame = null;
    const text = translated(details.refusal, details.failure_reason) || say("refusedText");
    if (details.receipt && !details.may_start_again) {
      this.showSaved(text, details.receipt);
    } else if (details.may_start_again && this.config.self_service) {
      const action = { label: say("startAgain"), run: () => this.attempt(() => this.begin(true)) };
      notice({ title: say("endedTitle"), text, receipt: details.receipt, actions: [action] });
    } else if (details.may_try_again) {
      const action = { label: say("lookAgain"), run: () => this.attempt(() => this.begin()), quiet: true };
      notice({ title: say("refusedTitle"), text: `${text} ${say("lookingAgain")}`, actions: [action] });
      this.lookAgain(FIRST_LOOK);
    } else {
      notice({ title: say("refusedTitle"), text });
    }
  }

  // Nothing is said, and no focus moved, as long as there is nothing new.
  lookAgain(pause) {
    const next = Math.min(pause * 1.5, LONGEST_WAIT);
    this.looking = setTimeout(async () => {
      const details = await this.requestAgent().catch(() => null);
      tell(null);
      if (details === null || (details.agent_id === null && details.may_try_again)) {
        this.lookAgain(next);
      } else {
        this.enter(details);
      }
    }, pause * (0.75 + Math.random() / 2));
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
      if (this.frame !== null && !this.frame.hasPage) {
        this.reload(path, loads).catch((error) => this.fail(error));
      }
    });
    place.ariaLabel = say("frame"); // the page may have a main part of its own
    place.replaceChildren(this.frame);
  }

  // What loaded is not our page: the browser's own words for a lost connection, or the server's for a refusal.
  async reload(path, loads) {
    await ask(path, { waiting: sayWhileWaiting("waiting", null) });
    if (this.frame.hasPage) {
      return;
    }
    if (loads > RELOADS) {
      throw new Error("The page loads, but does not start.");
    }
    this.frame.src = this.frame.src;
  }

  // -- What the page in the frame says ----------------------------------------------------------------------------

  receive(event) {
    if (event.origin !== location.origin || this.frame === null || event.source !== this.frame.contentWindow) {
      return;
    }
    const message = event.data ?? {};
    switch (message.mephisto) {
      case "ready":
        this.frame.hasPage = true;
        break;
      case "drafts":
        this.restore();
        break;
      case "preview":
        tell("previewSubmit", true);
        break;
      case "error":
        this.report(message.error.message, message.error.file, message.error.line);
        break;
      case "draft":
        if (!this.sending) {
          this.standing?.note(message);
        }
        break;
      case "submit":
        if (!this.sending && this.agent !== null) {
          this.submit(message.answer, message.files);
        }
        break;
    }
  }

  async restore() {
    const fields = await this.standing?.before();
    if (fields !== undefined) {
      this.sayToPage({ mephisto: "restore", fields });
      tell("restored");
    }
  }

  sayToPage(message) {
    this.frame?.contentWindow.postMessage(message, location.origin);
  }

  // -- From the page to the row -----------------------------------------------------------------------------------

  async submit(answer, files) {
    this.sending = true;
    this.frame.inert = true;
    this.standing.isQuiet = true;
    tell("submitting");
    let entry = null;
    try {
      const place = placeOf(getAgentRegistration());
      entry = await outbox.keep({ agent: this.agent, place, until: this.standing.until, answer, files }, this.config.limits);
      await this.finish(entry, "submitting");
    } catch (error) {
      this.sending = false;
      if (entry !== null && (this.frame === null || error.status === 404)) {
        this.strand(entry, error);
        return;
      }
      if (entry !== null) {
        await outbox.forget(entry); // it is still in the page
      }
      this.frame.inert = false;
      this.standing.isQuiet = false;
      this.sayToPage({ mephisto: "failed" });
      this.frame.focus();
      tell("notSent", true, { reason: error.sentence ?? say("notSentReason") });
    }
  }

  // Send what an earlier page could not. True if it was this place's, so that the worker reads what became of it.
  async sendKept() {
    const here = placeOf(getAgentRegistration());
    const entries = await outbox.kept();
    const mine = entries.find((entry) => entry.place === here && !entry.isAside);
    for (const entry of entries.filter((other) => other !== mine)) {
      outbox.deliver(entry, { attempts: 3 }).then(() => outbox.forget(entry), () => {});
    }
    if (mine === undefined) {
      return false;
    }
    tell("sendingKept");
    try {
      await this.finish(mine, "sendingKept");
    } catch (error) {
      this.strand(mine, error);
    }
    return true;
  }

  // Bring an answer to its end: the receipt, the provider's own end, and what the worker reads.
  async finish(entry, meanwhile) {
    let offered = false;
    const waiting = (yes) => {
      if (yes && Date.now() > entry.until && !offered) {
        offered = true;
        this.frame = null;
        this.standing?.stop();
        notice({ title: say("keptTitle"), text: say("keptText"), actions: [saving(entry)] });
      }
      if (!offered) {
        tell(yes ? (entry.isKept ? "waitingToSubmit" : "waitingInMemory") : meanwhile);
      }
    };
    const reply = await outbox.deliver(entry, { waiting });
    this.sending = false;
    this.standing?.forget();
    if ("agent_id" in reply) {
      await outbox.forget(entry);
      this.enter(reply);
      return;
    }
    await handOver(entry.answer);
    await outbox.forget(entry);
    this.frame = null;
    this.showSaved(say(reply.before ? "savedBefore" : "savedText"), reply.receipt);
  }

  strand(entry, error) {
    this.frame = null;
    this.standing?.stop();
    const reason = (error.status === 404 ? null : error.sentence) ?? say("strandedReason");
    const goOn = async () => {
      await outbox.setAside(entry);
      await this.begin();
    };
    notice({
      title: say("strandedTitle"),
      text: say("strandedText", { reason }),
      actions: [saving(entry), { label: say("goOn"), run: () => this.attempt(goOn), quiet: true }],
    });
  }

  showSaved(text, receipt) {
    const next = this.config.self_service && typeof getNextTaskURL === "function" ? getNextTaskURL() : null;
    const actions = next === null ? [] : [{ label: say("next"), run: () => location.assign(next) }];
    notice({ title: say("savedTitle"), text, receipt, saved: true, actions });
  }

  // -- What goes wrong --------------------------------------------------------------------------------------------

  async attempt(work) {
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
  }

  report(message, file = "shell.js", line = 0) {
    const json = { USED_AGENT_ID: this.agent ?? "", error_data: { message, file, line } };
    ask("/log_error", { json, attempts: 2 }).catch(() => {});
  }

  fail(error) {
    if (!(error instanceof Refusal)) {
      this.report(String(error?.message ?? error));
    }
    this.frame = null;
    this.standing?.stop();
    notice({
      title: say("failedTitle"),
      text: error.sentence ?? say("failedText"),
      actions: [{ label: say("again"), run: () => location.reload() }],
    });
  }
}

function sayWhileWaiting(name, otherwise) {
  return (yes) => tell(yes ? name : otherwise);
}

function saving(entry) {
  return {
    label: say("saveFile"),
    run: async () => {
      await saveAsFile(entry);
      tell("fileSaved");
    },
  };
}

// The provider's own name for the place of this worker.
function placeOf(registration) {
  return registration.agent_registration_id ?? JSON.stringify(registration);
}

// The answer is saved by now: whatever the provider's script does, the worker is told so.
async function handOver(answer) {
  try {
    await handleSubmitToProvider(answer);
  } catch (error) {
    console.error(error);
  }
}

function isMobile() {
  return navigator.userAgentData?.mobile || /Android|iPhone|iPad|iPod|Mobile/i.test(navigator.userAgent);
}

new Shell().start();
