// Every way in which a page hands in its answer, and what it means.

import { capture } from "./answer.js";
import { formWithoutButton, ownForm, sending, setSending, tie } from "./button.js";
import { listen, page, post } from "./ground.js";
import { forEachRoot } from "./roots.js";

function submit(form, pressed) {
  if (page === "preview") {
    post({ mephisto: "preview" });
  } else if (!sending) {
    if (form === ownForm) {
      tie();
    }
    const message = { mephisto: "submit", ...capture(form, pressed) };
    setSending(true);
    post(message);
  }
}

// The page's own listeners have their say first, so ours is on the window. They may also end the event's way; then
// the last listener that it comes to is ours, else the browser would leave the page and take the answer along.
const decided = new WeakSet();

listen(
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
      nodes.forEach((node) => node.addEventListener("submit", last, { capture, once: true }));
    }
  },
  true,
);
listen("submit", decide);

// What is submitted in a shadow root is heard only there. Ours is added while it happens, and so comes last.
forEachRoot((root) => root.addEventListener("submit", () => root.addEventListener("submit", decide, { once: true }), true));

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
