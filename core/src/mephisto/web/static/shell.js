// The bar and the frame: who the worker is, which page they see, and that their answer arrives.

import { saving } from "./answer-file.js";
import { browserKey } from "./identity.js";
import { Live } from "./live.js";
import { brighten, notice, place, tell } from "./notices.js";
import * as outbox from "./outbox.js";
import { bring, language, say } from "./sentences.js";
import { Standing } from "./standing.js";
import { Refusal, ask, withProviderQuery, withQuery } from "./wire.js";

const RELOADS = 3;

class Shell {
  frame = null;
  agent = null;
  config = null;
  standing = null;
  live = new Live(this);
  sending = false;
  looking = null;

  start() {
    window.addEventListener("message", (event) => this.receive(event));
    window.addEventListener("error", ({ message, filename, lineno }) => this.report({ message, file: filename, line: lineno }));
    window.addEventListener("unhandledrejection", ({ reason }) => this.report({ message: wordsOf(reason) }));
    window.addEventListener("beforeunload", (event) => {
      if (this.sending) {
        event.preventDefault();
        // Older browsers look at this.
        event.returnValue = true;
      }
    });
    this.attempt(() => this.open());
  }

  async open() {
    document.documentElement.lang = language;
    tell("loading");
    this.config = (await ask("/task_config.json", { waiting: sayWhileWaiting("waiting", "loading") })).mephisto;
    document.title = this.config.title;
    document.getElementById("title").textContent = this.config.title;
    if (getWorkerName() == null || getAssignmentId() == null) {
      await bring("seldom");
      this.show(this.config.preview ?? "/page-preview.html");
      tell("preview");
    } else if (this.config.block_mobile && (await import("./refusals.js")).isMobile()) {
      this.refuse({ refusal: "noMobile" });
    } else if (!(await this.sendKept())) {
      await this.begin();
    }
  }

  // -- Work, or why there is none

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
    this.leave();
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
    this.attempt(async () => (await import("./refusals.js")).refuse(this, details));
  }

  // The page in the frame has nothing more to say; what is to be seen instead comes next.
  leave() {
    this.frame = null;
    this.standing?.stop();
    this.live.stop();
  }

  show(path) {
    this.frame = document.createElement("iframe");
    this.frame.title = say("frame");
    this.frame.allow = "fullscreen";
    // Templates may read the address as they could when they were part of this document.
    this.frame.src = withProviderQuery(withQuery(path, location.search.slice(1)));
    let loads = 0;
    this.frame.addEventListener("load", () => {
      loads += 1;
      if (this.frame !== null && !this.frame.hasPage) {
        this.attempt(() => this.reload(path, loads));
      } else {
        // By the next picture, a field that the page wants to have the focus has it.
        requestAnimationFrame(() => this.takeKeys());
      }
    });
    // The page may have a main part of its own.
    place.setAttribute("aria-label", say("frame"));
    place.replaceChildren(this.frame);
  }

  // Some pages listen to keys.
  takeKeys() {
    if (document.activeElement === document.body) {
      this.frame?.focus();
    }
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

  // -- What the page in the frame says

  receive({ origin, source, data }) {
    if (origin !== location.origin || this.frame === null || source !== this.frame.contentWindow) {
      return;
    }
    const heard = {
      ready: () => this.greet(),
      drafts: () => this.restore(),
      color: () => brighten(data.color),
      preview: () => tell("previewSubmit", true),
      error: () => this.report(data.error),
      say: () => this.live.say(data.data),
      listen: () => this.live.listen(),
      draft: () => !this.sending && this.standing?.note(data),
      submit: () => !this.sending && this.agent !== null && this.submit(data.answer, data.files),
    };
    if (Object.hasOwn(heard, data?.mephisto)) {
      heard[data.mephisto]();
    }
  }

  greet() {
    this.frame.hasPage = true;
    this.live.forget();
    this.sayToPage({ mephisto: "words", submit: say("submit"), submitting: say("submitting") });
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

  // -- From the page to the row

  async submit(answer, files) {
    this.sending = true;
    this.frame.inert = true;
    this.standing.isQuiet = true;
    tell("submitting");
    let entry = null;
    try {
      entry = await outbox.keep({ agent: this.agent, until: this.standing.until, answer, files }, this.config.limits);
      await this.live.settle();
      await this.finish(entry);
    } catch (error) {
      this.sending = false;
      if (entry !== null && (this.frame === null || error.status === 404)) {
        this.strand(entry, error);
        return;
      }
      if (entry !== null) {
        // It is still in the page.
        await outbox.forget(entry);
      }
      this.frame.inert = false;
      this.standing.isQuiet = false;
      this.sayToPage({ mephisto: "failed" });
      this.frame.focus();
      tell("notSent", true, { reason: error.sentence ?? say("notSentReason") });
    }
  }

  // True if the worker reads what became of an answer that an earlier page could not send.
  async sendKept() {
    const kept = await outbox.kept();
    return kept.length > 0 && (await import("./kept.js")).sendKept(this, kept);
  }

  // Bring an answer to its end: the receipt, the provider's own end, and what the worker reads.
  async finish(entry) {
    let offered = false;
    const waiting = (yes) => {
      if (yes && Date.now() > entry.until && !offered) {
        offered = true;
        this.leave();
        notice({ title: say("keptTitle"), text: say("keptText"), actions: [saving(entry)] });
      }
      if (!offered) {
        tell(yes ? (entry.isKept ? "waitingToSubmit" : "waitingInMemory") : "submitting");
      }
    };
    const reply = await outbox.deliver(entry, { waiting });
    this.sending = false;
    this.standing?.forget();
    this.live.stop();
    if ("agent_id" in reply) {
      await outbox.forget(entry);
      this.enter(reply);
      return;
    }
    await handOver(entry.answer);
    await outbox.forget(entry);
    this.frame = null;
    this.showSaved(say(reply.before ? "savedBefore" : "savedText"), reply.receipt, reply.mayGoOn);
  }

  strand(entry, error) {
    this.leave();
    // The server has answered: it can be asked for what to say now.
    import("./refusals.js").then(({ strand }) => strand(this, entry, error)).catch(() => this.fail(error));
  }

  showSaved(text, receipt, mayGoOn) {
    const offers = mayGoOn && this.config.self_service && typeof getNextTaskURL === "function";
    const next = offers ? getNextTaskURL() : null;
    const actions = next === null ? [] : [{ label: say("next"), run: () => location.assign(next) }];
    notice({ title: say("savedTitle"), text, receipt, saved: true, actions });
  }

  // -- What goes wrong

  async attempt(work) {
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
  }

  report(error) {
    const json = { USED_AGENT_ID: this.agent ?? "", error_data: { file: "shell.js", line: 0, ...error } };
    ask("/log_error", { json, attempts: 2 }).catch(() => {});
  }

  fail(error) {
    if (!(error instanceof Refusal)) {
      this.report({ message: wordsOf(error) });
    }
    this.leave();
    notice({
      title: say("failedTitle"),
      text: error.sentence ?? say("failedText"),
      actions: [{ label: say("again"), run: () => location.reload() }],
    });
  }
}

function wordsOf(error) {
  return String(error?.message ?? error);
}

function sayWhileWaiting(name, otherwise) {
  return (yes) => tell(yes ? name : otherwise);
}

// The answer is saved by now: whatever the provider's script does, the worker is told so.
async function handOver(answer) {
  try {
    await handleSubmitToProvider(answer);
  } catch (error) {
    console.error(error);
  }
}

new Shell().start();
