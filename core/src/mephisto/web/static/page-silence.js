// A script or style sheet that never answers would keep all below it from being shown: the server then leaves it out.
// Loaded only by pages that take long to load.

import { tell } from "./page-errors.js";

const LONGEST_SILENCE = 6000;

// *isReady* says whether the page is; *begin* has our button shown where nothing can be left out.
export function leaveOutSilent(page, isReady, begin) {
  const watch = setInterval(() => {
    if (isReady()) {
      clearInterval(watch);
      return;
    }
    const all = performance.getEntriesByType("resource");
    const arrived = all.filter((entry) => ["script", "link", "css", "other"].includes(entry.initiatorType));
    const last = Math.max(...arrived.map((entry) => entry.responseEnd));
    if (performance.now() - last > LONGEST_SILENCE && leaveOut(new Set(arrived.map((entry) => entry.name)), page, begin)) {
      clearInterval(watch);
    }
  }, 1000);
}

// True if there is nothing more to do.
function leaveOut(arrived, page, begin) {
  const address = new URL(location.href);
  const before = address.searchParams.getAll("mephisto_without");
  for (const [source, url] of loaded()) {
    if (!url.startsWith(`${location.origin}/`) && !arrived.has(url)) {
      tell(page, { message: `${url} did not answer, so the page is shown without it`, line: 0, source });
      if (!before.includes(source)) {
        address.searchParams.append("mephisto_without", source);
      }
    }
  }
  if (address.href !== location.href) {
    location.replace(address);
    return true;
  }
  const isParsed = document.readyState !== "loading";
  if (isParsed) {
    tell(page, { message: "A script that runs late has not answered, so the page is shown before it is ready", line: 0 });
    begin();
  }
  return isParsed;
}

// What the page names, as it is written, and its address: scripts, style sheets, and what its modules import.
function loaded() {
  const named = [...document.querySelectorAll("script[src], link[rel~=stylesheet][href]")].map((element) => [
    element.getAttribute("src") ?? element.getAttribute("href"),
    element.src || element.href,
  ]);
  for (const { textContent } of document.querySelectorAll("script[type=module]:not([src])")) {
    for (const [, source] of textContent.matchAll(/\b(?:from|import)\s*["']((?:https?:)?\/\/[^"'\s]+)["']/g)) {
      named.push([source, new URL(source, location.href).href]);
    }
  }
  return named;
}
