// What the worker is told: a short state in the bar, or a notice in place of the page.

import { say } from "./sentences.js";

export const place = document.getElementById("place");
const state = document.getElementById("state");
const time = document.getElementById("time");
const spoken = document.getElementById("spoken");

export function tell(name, asks = false, values = {}) {
  state.textContent = name === null ? "" : say(name, values);
  state.classList.toggle("asks", asks);
}

export function showTime(text) {
  time.textContent = text;
  time.hidden = text === "";
}

// Say it to whoever listens instead of looking; others see the time that is left.
export function announce(name) {
  spoken.textContent = say(name);
  time.classList.add("asks");
}

// Each action has a label and what it runs; the first is the one that is meant, unless it is quiet.
export function notice({ title, text, receipt, saved, actions = [] }) {
  tell(null);
  showTime("");
  const section = document.createElement("section");
  section.className = "notice";
  if (saved) {
    section.append(checkMark());
  }
  const heading = section.appendChild(document.createElement("h2"));
  heading.textContent = title;
  heading.tabIndex = -1;
  section.appendChild(document.createElement("p")).textContent = text;
  if (receipt) {
    const list = section.appendChild(document.createElement("dl"));
    list.className = "receipt";
    list.appendChild(document.createElement("dt")).textContent = say("receipt");
    list.appendChild(document.createElement("dd")).textContent = receipt;
  }
  const buttons = section.appendChild(document.createElement("div"));
  buttons.className = "actions";
  for (const { label, run, quiet } of actions) {
    const button = buttons.appendChild(document.createElement("button"));
    button.textContent = label;
    button.classList.toggle("quiet", quiet === true);
    button.addEventListener("click", run);
  }
  place.replaceChildren(section);
  // Whoever does not see the page hears what it says now.
  heading.focus();
}

function checkMark() {
  const drawing = "http://www.w3.org/2000/svg";
  const mark = document.createElementNS(drawing, "svg");
  mark.setAttribute("viewBox", "0 0 40 40");
  mark.setAttribute("class", "mark");
  mark.setAttribute("aria-hidden", "true");
  const path = mark.appendChild(document.createElementNS(drawing, "path"));
  path.setAttribute("d", "M20 2a18 18 0 1 1 0 36 18 18 0 0 1 0-36Zm-8.5 18.5 6 6 11.5-12.5");
  for (const [name, value] of Object.entries({ fill: "none", stroke: "currentColor", "stroke-width": "2.5", "stroke-linecap": "round", "stroke-linejoin": "round" })) {
    path.setAttribute(name, value);
  }
  return mark;
}
