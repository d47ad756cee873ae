// Tells workers, within the page, what does not work in it. Loaded only when something does not.

import { bring, say } from "./sentences.js";

const STYLE =
  "margin: 0.5rem 0; padding: 0.6rem 0.9rem; border: 1px solid #b3261e; background: #fdecea; color: #5f1411; font: 1rem/1.45 system-ui, sans-serif";
const words = bring("seldom", languageOfShell());

export async function showError(message, address) {
  await words;
  const notice = made(say("pageError", { message }));
  if (address) {
    const link = document.createElement("a");
    link.href = `mailto:${address}?body=${encodeURIComponent(message)}`;
    link.textContent = address;
    notice.append(" ", link);
  }
  document.body.prepend(notice);
}

// Elements that would collect an answer are missed by workers, all of them by the researcher.
export async function showUnsupported(elements) {
  for (const name of new Set(elements.map((element) => element.localName))) {
    window.dispatchEvent(new ErrorEvent("error", { message: `<${name}> is not supported here.` }));
  }
  await words;
  for (const element of elements.filter((unknown) => unknown.hasAttribute("name"))) {
    element.before(made(say("unsupported", { name: `<${element.localName}>` })));
  }
}

function made(text) {
  const notice = document.createElement("p");
  notice.className = "mephisto-notice";
  notice.setAttribute("role", "alert");
  notice.style = STYLE;
  notice.textContent = text;
  return notice;
}

function languageOfShell() {
  try {
    return window.parent.document.documentElement.lang;
  } catch {
    // Around this page there is another site.
    return undefined;
  }
}
