// Answers that an earlier page could not send. Loaded only where there are some.

import { tell } from "./notices.js";
import { deliver, forget, place } from "./outbox.js";

// Send all *entries*. True if one was this place's, so that the worker reads what became of it.
export async function sendKept(shell, entries) {
  const here = place();
  const mine = entries.find((entry) => entry.place === here && !entry.isAside);
  for (const entry of entries.filter((other) => other !== mine)) {
    deliver(entry, { attempts: 3 }).then(() => forget(entry), () => {});
  }
  if (mine === undefined) {
    return false;
  }
  tell("submitting");
  try {
    await shell.finish(mine);
  } catch (error) {
    shell.strand(mine, error);
  }
  return true;
}
