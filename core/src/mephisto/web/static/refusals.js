// What the server does not give or take: work for this worker, or their answer. Loaded only where that is so.

import { saving } from "./answer-file.js";
import { notice, tell } from "./notices.js";
import { setAside } from "./outbox.js";
import { bring, say, translated } from "./sentences.js";

const FIRST_LOOK = 20000;
const LONGEST_WAIT = 300000;
const TITLES = { noMobile: "noMobileTitle", "onboarding not judged": "savedTitle" };

// Show what the server answered instead of an agent; *shell* is whom the worker's wishes go to.
export async function refuse(shell, details) {
  await bring("seldom");
  const { receipt, may_start_again: mayStart, may_try_again: mayTry } = details;
  const text = translated(details.refusal, details.failure_reason) || say("refusedText");
  const title = say(TITLES[details.refusal] ?? "refusedTitle");
  if (receipt && !mayStart) {
    shell.showSaved(text, receipt, details.may_go_on === true);
  } else if (details.refusal === "onboarding not judged") {
    notice({ title, text, saved: true, actions: [{ label: say("again"), run: () => shell.attempt(() => shell.begin()) }] });
  } else if (mayStart && shell.config.self_service) {
    const again = { label: say("startAgain"), run: () => shell.attempt(() => shell.begin(true)) };
    notice({ title: say("endedTitle"), text, receipt, actions: [again] });
  } else if (mayTry) {
    const look = { label: say("lookAgain"), run: () => shell.attempt(() => shell.begin()), quiet: true };
    notice({ title, text: `${text} ${say("lookingAgain")}`, actions: [look] });
    lookAgain(shell, FIRST_LOOK);
  } else {
    notice({ title, text });
  }
}

// Nothing is said, and no focus moved, as long as there is nothing new.
function lookAgain(shell, pause) {
  const look = async () => {
    const details = await shell.requestAgent().catch(() => null);
    tell(null);
    if (details === null || (details.agent_id === null && details.may_try_again)) {
      lookAgain(shell, Math.min(pause * 1.5, LONGEST_WAIT));
    } else {
      shell.enter(details);
    }
  };
  shell.looking = setTimeout(look, pause * (0.75 + Math.random() / 2));
}

// An answer that the server refuses stays in the browser; the worker can save it, and do something else.
export async function strand(shell, entry, error) {
  await bring("seldom");
  const reason = (error.status === 404 ? null : error.sentence) ?? say("strandedReason");
  const goOn = async () => {
    await setAside(entry);
    await shell.begin();
  };
  notice({
    title: say("strandedTitle"),
    text: say("strandedText", { reason }),
    actions: [saving(entry), { label: say("goOn"), run: () => shell.attempt(goOn), quiet: true }],
  });
}

export function isMobile() {
  // iPhones say "Mobile", as phones do; iPads say that they are a Mac, but no Mac is touched.
  const { userAgent, maxTouchPoints } = navigator;
  return /Android|iPad|Mobile/.test(userAgent) || (userAgent.includes("Macintosh") && maxTouchPoints > 1);
}
