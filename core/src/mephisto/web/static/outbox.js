// Answers on their way. Each is kept from before the first try until its receipt is here and the provider has heard of it.

import { newId } from "./identity.js";
import { say } from "./sentences.js";
import { Shelf } from "./storage.js";
import { Refusal, ask } from "./wire.js";

const MEGABYTE = 1024 * 1024;
const shelf = new Shelf("answers");

// Keep an answer of *agent*; `until` is when its time is over. Raises what cannot be sent.
export async function keep({ agent, until, answer, files }, limits) {
  checkSizes(answer, files, limits);
  await checkReadable(files);
  const entry = { id: newId(), agent, place: place(), until, answer, files };
  entry.isKept = await shelf.put(entry.id, entry);
  return entry;
}

// The provider's own name for the place of this worker.
export function place() {
  const registration = getAgentRegistration();
  return registration.agent_registration_id ?? JSON.stringify(registration);
}

export const kept = () => shelf.all();

export const forget = (entry) => shelf.remove(entry.id);

// Ask no more about an answer that nobody takes; it is tried again whenever a page is opened.
export const setAside = (entry) => shelf.put(entry.id, { ...entry, isAside: true });

// Send an answer until it is taken. The reply holds the receipt, or, after an onboarding, what comes next.
export async function deliver(entry, options) {
  const isOnboarding = entry.agent.startsWith("onboarding");
  const form = new FormData();
  form.append("USED_AGENT_ID", entry.agent);
  form.append("submission_id", entry.id);
  form.append("final_string_data", JSON.stringify(entry.answer));
  for (const { field, file } of entry.files) {
    form.append(field, file, file.name);
  }
  const headers = { "Mephisto-Agent": entry.agent };
  const check = () => checkReadable(entry.files);
  const path = isOnboarding ? "/submit_onboarding" : "/submit_task";
  const reply = await ask(path, { form, headers, check, ...options }).catch(acceptReceipt);
  if (reply.receipt) {
    // The run may end once this is known; a run that has ended already no longer minds.
    const json = { USED_AGENT_ID: entry.agent, receipt: reply.receipt };
    const confirmed = await ask("/confirm_receipt", { json, attempts: 3 }).catch(() => ({}));
    reply.mayGoOn = confirmed.may_go_on === true;
  }
  return isOnboarding ? reply.data : reply;
}

// Another answer of this agent was saved first: its receipt is worth as much to the worker.
function acceptReceipt(error) {
  if (error.status === 409 && error.body.receipt) {
    return { ...error.body, before: true };
  }
  throw error;
}

// The server asks the same, but only after the worker has waited for the upload.
function checkSizes(answer, files, limits) {
  const size = new Blob([JSON.stringify(answer)]).size;
  for (const { file } of files) {
    check(file.size, limits.upload, "fileTooLarge", file.name);
  }
  check(size, limits.answer, "answerTooLarge");
  check(files.reduce((sum, { file }) => sum + file.size, size), limits.total, "filesTooLarge");
  if (files.length > limits.uploads) {
    throw complaint("tooManyFiles", { limit: limits.uploads });
  }
}

function check(size, limit, sentence, name) {
  if (size > limit) {
    throw complaint(sentence, { name, limit: Math.floor(limit / MEGABYTE) });
  }
}

async function checkReadable(files) {
  for (const { file } of files) {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      throw complaint("fileUnreadable", { name: file.name });
    }
  }
}

function complaint(name, values) {
  return new Refusal(0, { error: say(name, values) });
}
