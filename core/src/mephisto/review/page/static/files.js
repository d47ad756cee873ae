// Files of answers: images, sounds and text are shown, all others only saved. Their bytes come with the token.

import { fileOf } from "./asking.js";
import { make } from "./making.js";
import { size } from "./words.js";

const SHOWN_UNASKED = 4 * 1024 * 1024;
const SHOWN_TEXT = 32 * 1024;
const addresses = new Set();

// Let go of what was shown before.
export function forgetFiles() {
  addresses.forEach((address) => URL.revokeObjectURL(address));
  addresses.clear();
}

export function fileList(files) {
  return files.length === 0 ? null : make("ul", { class: "files", "aria-label": "Files" }, files.map(shownFile));
}

function shownFile(file) {
  const place = make("div", { class: "shown" });
  const save = make("button", { type: "button", class: "plain", "aria-label": `Save ${file.name}`, click: () => saved(file, place) }, "Save");
  const item = make("li", {}, make("p", {}, make("strong", {}, file.name), " ", make("span", { class: "quiet" }, size(file.size)), " ", save), place);
  if (file.shown !== null && file.size <= SHOWN_UNASKED) {
    show(file, place);
  } else if (file.shown !== null) {
    const button = make("button", { type: "button", class: "plain", "aria-label": `Show ${file.name}`, click: () => (button.remove(), show(file, place)) }, "Show");
    save.before(button, " ");
  }
  return item;
}

async function show(file, place) {
  try {
    if (file.shown === "text") {
      const bytes = await (await fileOf(file.id, SHOWN_TEXT)).arrayBuffer();
      const rest = file.size > SHOWN_TEXT ? "\n…" : "";
      place.replaceChildren(make("pre", { tabindex: "0", role: "region", "aria-label": file.name }, new TextDecoder().decode(bytes) + rest));
      return;
    }
    const address = await addressOf(file);
    const shown = file.shown === "image" ? make("img", { src: address, alt: file.name }) : make("audio", { src: address, controls: true, "aria-label": file.name });
    shown.addEventListener("error", () => place.replaceChildren(make("p", { class: "quiet" }, "It cannot be shown; it may not be what its name says.")));
    place.replaceChildren(shown);
  } catch (error) {
    place.replaceChildren(make("p", { class: "quiet" }, error.message));
  }
}

async function saved(file, place) {
  try {
    make("a", { href: await addressOf(file), download: file.name }).click();
  } catch (error) {
    place.replaceChildren(make("p", { class: "quiet" }, error.message));
  }
}

// The server names no type under which a browser would run anything.
async function addressOf(file) {
  const address = URL.createObjectURL(await (await fileOf(file.id)).blob());
  addresses.add(address);
  return address;
}
