// An answer as a file, for when there is no way to the server: `mephisto import-answer` takes it in.

import { tell } from "./notices.js";
import { say } from "./sentences.js";

// The action of a notice that saves *entry*.
export function saving(entry) {
  const run = async () => {
    await saveAsFile(entry);
    tell("fileSaved");
  };
  return { label: say("saveFile"), run };
}

async function saveAsFile(entry) {
  const files = await Promise.all(entry.files.map(described));
  const content = { format: "mephisto answer", version: 1, agent: entry.agent, submission_id: entry.id, answer: entry.answer, files };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content)], { type: "application/json" }));
  link.download = `answer-${entry.id.slice(0, 8)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function described({ field, file }) {
  return { field, name: file.name, type: file.type, content: await inBase64(file) };
}

function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
