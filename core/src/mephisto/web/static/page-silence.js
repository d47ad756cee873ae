// A script or style sheet that never answers would keep all below it from being shown: the server then leaves it out.
// Loaded only by pages that take long to load.

import { tell } from "./page-errors.js";

const LONGEST_SILENCE = 6000;

export function leaveOutSilent(page) {
  const watch = setInterval(() => {
    if (document.readyState !== "loading") {
      clearInterval(watch);
      return;
    }
    const arrived = performance.getEntriesByType("resource").filter((entry) => ["script", "link", "css"].includes(entry.initiatorType));
    const last = Math.max(...arrived.map((entry) => entry.responseEnd));
    if (performance.now() - last > LONGEST_SILENCE) {
      leaveOut(new Set(arrived.map((entry) => entry.name)), page);
    }
  }, 1000);
}

function leaveOut(arrived, page) {
  const address = new URL(location.href);
  const before = address.searchParams.getAll("mephisto_without");
  for (const element of document.querySelectorAll("script[src], link[rel~=stylesheet][href]")) {
    const source = element.getAttribute("src") ?? element.getAttribute("href");
    const url = element.src || element.href;
    if (!url.startsWith(`${location.origin}/`) && !arrived.has(url)) {
      tell(page, { message: `${url} did not answer, so the page is shown without it`, line: 0, source });
      if (!before.includes(source)) {
        address.searchParams.append("mephisto_without", source);
      }
    }
  }
  if (address.href !== location.href) {
    location.replace(address);
  }
}
