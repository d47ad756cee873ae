// First in the researcher's document: gives it its configuration, captures its answer, tells of its errors.
// A classic script, since a module would run only after the document's own scripts.

(() => {
  "use strict";

  const { page, file } = JSON.parse(document.getElementById("mephisto-page").textContent);
  const sentences = import("/_mephisto/sentences.js");
  const FORM_ID = "mephisto-submit-form";
  const MOST_ERRORS = 20;
  const SECONDS_SILENT = 6;
  let sending = false;
  let sent = false;
  let hidden = false;

  function post(message) {
    if (window.parent !== window) {
      window.parent.postMessage(message, location.origin);
    }
  }

  // -- The configuration that templates know ----------------------------------------------------------------

  const values = {
    AUTO_SUBMIT_ERRORS: false,
    ADD_ERROR_HANDLING: false,
    ERROR_REPORT_TO_EMAIL: null,
    HIDE_SUBMIT_BUTTON: false,
  };
  const listeners = new Map();
  const emitter = {
    on(name, listener) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
      return emitter;
    },
    off(name, listener) {
      listeners.set(name, (listeners.get(name) ?? []).filter((known) => known !== listener));
      return emitter;
    },
    emit(name, ...details) {
      for (const listener of listeners.get(name) ?? []) {
        listener(...details);
      }
    },
  };
  window._MEPHISTO_CONFIG_ = {
    EVENT_EMITTER: emitter,
    get(name) {
      if (!Object.hasOwn(values, name)) {
        throw new Error(`_MEPHISTO_CONFIG_ has no ${name}.`);
      }
      return values[name];
    },
    set(name, value) {
      values[name] = value;
      emitter.emit(name, value);
    },
  };

  // Pages call these of a script by Mechanical Turk, whether or not it can still be loaded.
  window.turkGetParam = (name, otherwise = "") => new URLSearchParams(location.search).get(name) ?? otherwise;
  window.turkGetSubmitToHost = () => location.origin;
  window.turkSetAssignmentID = () => {};

  // -- What goes wrong in the page, each thing once -----------------------------------------------------------

  const told = new Set();

  // The page's own address is another for each worker, and nobody else's business.
  function tellError(message, place = "", line = 0) {
    const shown = place === "" || place.split(/[?#]/)[0] === location.origin + location.pathname ? file : place.replace(`${location.origin}/`, "");
    const key = `${message}\n${shown}\n${line}`;
    if (!told.has(key) && told.size < MOST_ERRORS) {
      told.add(key);
      post({ mephisto: "error", error: { message, file: shown, line } });
      showError(message);
    }
  }

  async function showError(message) {
    if (values.ADD_ERROR_HANDLING !== true) {
      return;
    }
    const { say } = await sentences;
    const notice = document.createElement("p");
    notice.className = "mephisto-notice";
    notice.setAttribute("role", "alert");
    notice.textContent = say("pageError", { message });
    if (values.ERROR_REPORT_TO_EMAIL) {
      const link = document.createElement("a");
      link.href = `mailto:${values.ERROR_REPORT_TO_EMAIL}?body=${encodeURIComponent(message)}`;
      link.textContent = values.ERROR_REPORT_TO_EMAIL;
      notice.append(" ", link);
    }
    document.body.prepend(notice);
  }

  window.addEventListener("error", (event) => tellError(event.message, event.filename, event.lineno));
  window.addEventListener("unhandledrejection", (event) => tellError(String(event.reason?.message ?? event.reason)));

  // -- What the page loads from elsewhere ---------------------------------------------------------------------

  document.addEventListener(
    "error",
    ({ target }) => {
      const source = target.src || target.href;
      if (source) {
        tellError(`${String(source).replace(`${location.origin}/`, "")} did not load.`);
      }
    },
    true,
  );

  // A script or style sheet that never answers would keep all below it from being shown: the server then leaves it out.
  let arrived = -1;
  let silent = 0;
  const watch = setInterval(() => {
    if (document.readyState !== "loading") {
      clearInterval(watch);
      return;
    }
    const entries = performance.getEntriesByType("resource").filter((entry) => ["script", "link", "css"].includes(entry.initiatorType));
    silent = entries.length === arrived ? silent + 1 : 0;
    arrived = entries.length;
    if (silent >= SECONDS_SILENT) {
      silent = 0;
      leaveOut(new Set(entries.map((entry) => entry.name)));
    }
  }, 1000);

  function leaveOut(here) {
    const address = new URL(location.href);
    const before = address.searchParams.getAll("mephisto_without");
    for (const element of document.querySelectorAll("script[src], link[rel~=stylesheet][href]")) {
      const source = element.getAttribute("src") ?? element.getAttribute("href");
      const url = element.src || element.href;
      if (!url.startsWith(`${location.origin}/`) && !here.has(url)) {
        tellError(`${url} did not answer, so the page is shown without it.`);
        if (!before.includes(source)) {
          address.searchParams.append("mephisto_without", source);
        }
      }
    }
    if (address.href !== location.href) {
      location.replace(address);
    }
  }

  // -- The answer -----------------------------------------------------------------------------------------------

  // A control of the name "elements" or "hidden" takes the place of the form's own property.
  const elementsOf = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, "elements").get);

  // The shape of an answer follows the form, never what was answered, so that all answers of a task can be put
  // into one table. A name that several answers can have (several checkboxes or fields of one name, a multiple
  // select, a multiple file input) is a list, [] if there is none. All others are one value, null if nothing was
  // chosen: a lone checkbox that is not ticked, a group of radio buttons. A file is described by {lastModified,
  // name, size, type}, or {} if none was chosen. Controls that are disabled count as if nothing was chosen.
  function shapesOf(form) {
    const shapes = new Map();
    for (const control of elementsOf(form)) {
      const name = control.getAttribute("name");
      if (!name || (isButton(control) && control.type !== "submit") || ["fieldset", "object", "output"].includes(control.localName)) {
        continue;
      }
      if (control.type === "submit") {
        // The one that was pressed is the answer.
        shapes.set(name, shapes.get(name) ?? { list: false });
        continue;
      }
      const known = shapes.get(name);
      const several = known?.file !== undefined && !(control.type === "radio" && known.radio);
      shapes.set(name, {
        list: several || known?.list === true || control.type === "select-multiple" || (control.type === "file" && control.multiple),
        file: control.type === "file",
        radio: control.type === "radio",
      });
    }
    return shapes;
  }

  function capture(form, pressed) {
    const data = new FormData(form);
    const shapes = shapesOf(form);
    const answer = Object.create(null); // a field may be called __proto__
    for (const [name, shape] of shapes) {
      const given = data.getAll(name).filter((value) => !isNoFile(value)).map(plain);
      answer[name] = shape.list ? given : given.length > 0 ? given[0] : shape.file ? {} : null;
    }
    for (const name of new Set(data.keys())) {
      if (!shapes.has(name)) {
        const given = data.getAll(name).map(plain); // put there by the page itself
        answer[name] = given.length > 1 ? given : given[0];
      }
    }
    if (pressed?.name) {
      answer[pressed.name] = Array.isArray(answer[pressed.name]) ? [...answer[pressed.name], pressed.value] : pressed.value;
    }
    document.dispatchEvent(new CustomEvent("mephisto-capture", { detail: { form, controls: elementsOf(form), answer } }));
    const files = [...data].filter(([, value]) => value instanceof File && !isNoFile(value)).map(([field, file]) => ({ field, file }));
    return { answer, files };
  }

  function isButton(control) {
    return ["submit", "image", "reset", "button"].includes(control.type);
  }

  function isNoFile(value) {
    return value instanceof File && value.name === "" && value.size === 0;
  }

  function plain(value) {
    return value instanceof File ? { lastModified: value.lastModified, name: value.name, size: value.size, type: value.type } : value;
  }

  function submit(form, pressed) {
    if (page === "preview") {
      post({ mephisto: "preview" });
    } else if (!sending) {
      if (form === ownForm) {
        tie();
      }
      const message = { mephisto: "submit", ...capture(form, pressed) };
      sending = true;
      updateButton();
      post(message);
    }
  }

  window.addEventListener("message", (event) => {
    if (event.origin === location.origin && event.source === window.parent && event.data?.mephisto === "failed") {
      sending = false;
      updateButton();
    }
  });

  // The page's own listeners have their say first, so ours is on the window. They may also end the event's way; then
  // the last listener that it comes to is ours, else the browser would leave the page and take the answer along.
  const decided = new WeakSet();

  window.addEventListener(
    "submit",
    (event) => {
      const nodes = event.composedPath().filter((node) => node !== window);
      const last = (late) => late === event && event.cancelBubble && decide(event);
      const immediately = event.stopImmediatePropagation;
      event.stopImmediatePropagation = () => {
        immediately.call(event);
        queueMicrotask(() => decide(event));
      };
      for (const capture of [true, false]) {
        nodes.forEach((node) => node.addEventListener("submit", last, capture));
        setTimeout(() => nodes.forEach((node) => node.removeEventListener("submit", last, capture)));
      }
    },
    true,
  );
  window.addEventListener("submit", decide);

  function decide(event) {
    if (decided.has(event)) {
      return;
    }
    decided.add(event);
    const closesDialog = (event.submitter?.getAttribute("formmethod") ?? event.target.getAttribute("method")) === "dialog";
    if (event.defaultPrevented || closesDialog) {
      return;
    }
    event.preventDefault();
    const elsewhere = event.target === ownForm && formWithoutButton();
    if (elsewhere) {
      elsewhere.requestSubmit();
    } else {
      submit(event.target, event.submitter);
    }
  }

  const submitUnasked = HTMLFormElement.prototype.submit;
  HTMLFormElement.prototype.submit = function () {
    if (this.getAttribute("method") === "dialog") {
      submitUnasked.call(this);
    } else {
      submit(this, null);
    }
  };

  // -- Our own button, for pages that have none -------------------------------------------------------------------

  // The form stays empty: moving a page's controls into it would break what its scripts and styles hold on to.
  let ownForm = document.createElement("form");
  ownForm.id = FORM_ID;
  ownForm.className = "mephisto-submit";
  let ownButton = ownForm.appendChild(document.createElement("button"));
  ownButton.id = "html-task-submit-button";
  ownButton.type = "submit";
  let around = false;
  let words = "";

  // Controls that belong to no form become the form's by attribute, in time for the browser to check them.
  function tie() {
    if (around) {
      return;
    }
    for (const control of document.querySelectorAll("*")) {
      const answers = control.matches("input, select, textarea") ? !isButton(control) : control.constructor.formAssociated === true;
      if (answers && !control.hasAttribute("form") && !(control.form ?? control.closest("form"))) {
        control.setAttribute("form", FORM_ID);
      }
    }
  }

  ownForm.requestSubmit = function (...pressed) {
    tie();
    HTMLFormElement.prototype.requestSubmit.apply(this, pressed);
  };

  window.addEventListener(
    "click",
    (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const link = target?.closest("a[href]:not([target])");
      if (link && /^https?:$/.test(link.protocol) && link.origin !== location.origin) {
        link.target = "_blank"; // or the answer would be left behind
        link.rel ||= "noopener";
      }
      const button = target?.closest("button, input");
      if (button === ownButton) {
        tie();
      } else if (button?.matches("[type=submit], [type=image]") && !button.form && ownForm.isConnected && page !== "preview") {
        // A submit button of the page's own, outside of any form, means ours.
        button.setAttribute("form", FORM_ID);
        tie();
      }
    },
    true,
  );

  function pageForms() {
    return [...document.forms].filter((form) => form !== ownForm && form.getAttribute("method") !== "dialog");
  }

  function hasButton(form) {
    return [...elementsOf(form)].some((control) => control.type === "submit") || form.querySelector("[type=image]") !== null;
  }

  // A page whose forms have no button at all relies on ours.
  function formWithoutButton() {
    const forms = pageForms();
    return forms.some(hasButton) ? null : forms[0];
  }

  function hidesButton() {
    const theirs = pageForms().some(hasButton) || document.querySelector("crowd-button[form-action=submit]") !== null;
    return values.HIDE_SUBMIT_BUTTON === true || (theirs && !around);
  }

  async function updateButton() {
    hidden = hidesButton();
    (around ? ownButton : ownForm).toggleAttribute("hidden", hidden);
    if (sent !== sending) {
      ownButton.disabled = sent = sending; // else it is the page's business
    }
    const { say } = await sentences;
    const place = around ? "value" : "textContent";
    if (ownButton[place] === words) {
      ownButton[place] = words = say(sending ? "submitting" : "submit"); // else they are the page's own
    }
  }

  emitter.on("HIDE_SUBMIT_BUTTON", updateButton);

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form[data-mephisto]");
    around = form !== null;
    if (around) {
      ownForm = form; // it stands around a page that expects one, and has a button
      ownButton = form.querySelector("#submitButton");
      words = "Submit";
    }
    if (page === "preview") {
      return;
    }
    const styles = document.head.appendChild(document.createElement("link"));
    styles.rel = "stylesheet";
    styles.href = "/_mephisto/page.css";
    if (!around) {
      document.body.append(ownForm);
    }
    updateButton();
    // Some pages draw their form later.
    new MutationObserver(() => {
      if (hidden !== hidesButton()) {
        updateButton();
      }
    }).observe(document.body, { childList: true, subtree: true });
  });

  function answerSoFar() {
    tie();
    return Object.assign({}, ...[...pageForms(), ownForm].map((form) => capture(form, null).answer));
  }

  if (page !== "preview") {
    import("/_mephisto/page-drafts.js").then(({ keepDrafts }) => keepDrafts(post, answerSoFar));
  }
  post({ mephisto: "ready" });
})();
