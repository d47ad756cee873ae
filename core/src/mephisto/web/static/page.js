// First in the researcher's document: gives it its configuration, captures its answer, tells of its errors.
// The server makes one classic script of this and the modules that it imports, since a module would run only after the
// document's own scripts. All of it is one function, so that nothing is in the way of the page's own names.

import { file, listen, listenAgain, page, parent, post } from "./page/ground.js";
import { values } from "./page/configuration.js";
import { capture } from "./page/answer.js";
import { findRoots, forEachRoot } from "./page/roots.js";
import { fields, keepButton, ownForm, pageForms, placeButton, setSending, setWords, takeFormAround, tie, updateButton } from "./page/button.js";
import { hear } from "./page/talking.js";
import "./page/submitting.js";

const SLOW = 2000;
const CHANGES = { childList: true, subtree: true };
// True from DOMContentLoaded on.
let isReady = false;
let begun = false;

// -- What goes wrong in the page

// Told by a module that is loaded when something does. Without a server there is nobody to tell.
function wrong(kind, what) {
  import("/_mephisto/page-errors.js").then((errors) => errors[kind](what, { file, post, values })).catch(console.warn);
}

listen("error", (event) => wrong("ofScript", event));
listen("unhandledrejection", ({ reason }) => wrong("ofPromise", reason));
document.addEventListener("error", ({ target }) => (target.src || target.href) && wrong("ofLoad", target), true);
// Scripts that run late keep the page from being ready, too, though all of it is shown.
setTimeout(() => {
  if (!isReady) {
    import("/_mephisto/page-silence.js").then(({ leaveOutSilent }) => leaveOutSilent({ file, post, values }, () => isReady, begin));
  }
}, SLOW);

// -- The beginning

document.addEventListener("DOMContentLoaded", () => {
  isReady = true;
  begin();
});

function begin() {
  if (begun) {
    return;
  }
  begun = true;
  tellColor();
  listen("load", tellColor);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tellColor);
  findRoots();
  takeFormAround();
  if (page === "preview") {
    return;
  }
  const link = document.createElement("link");
  // A whole address, since the page may have a <base>.
  document.head.append(Object.assign(link, { rel: "stylesheet", href: `${location.origin}/_mephisto/page.css` }));
  placeButton();
  const watch = new MutationObserver(() => {
    listenAgain();
    keepButton();
  });
  watch.observe(document, CHANGES);
  forEachRoot((root) => watch.observe(root, CHANGES));
}

function tellColor() {
  post({ mephisto: "color", color: getComputedStyle(document.body).color });
}

listen(
  "click",
  ({ target }) => {
    const link = target.closest?.("a[href]:not([target])");
    if (link && /^https?:$/.test(link.protocol) && link.origin !== location.origin) {
      // In its place, it would take the answer along.
      link.target = "_blank";
    }
  },
  true,
);

// -- What the shell says, and what it is told

function answerSoFar() {
  tie();
  return Object.assign({}, ...[...pageForms(), ownForm].map((form) => capture(form, null).answer));
}

const drafts = page === "preview" ? null : import("/_mephisto/page-drafts.js");
drafts?.then(({ keepDrafts }) => keepDrafts(post, fields, answerSoFar));

listen("message", async ({ origin, source, data }) => {
  if (origin !== location.origin || source !== parent) {
    return;
  }
  if (data?.mephisto === "words") {
    setWords(data);
    begun && updateButton();
  } else if (data?.mephisto === "failed") {
    setSending(false);
  } else if (data?.mephisto === "heard") {
    hear(data.updates);
  } else if (data?.mephisto === "restore") {
    const { waiting } = await drafts;
    Object.assign(waiting, Object.fromEntries(data.fields));
    (await import("/_mephisto/page-restore.js")).restore(fields);
  }
});
post({ mephisto: "ready" });
