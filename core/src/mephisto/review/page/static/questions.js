// Dialogs: the keys, and what has to be asked before a decision.

const dialog = document.getElementById("question");
const form = document.getElementById("question-form");
const reason = document.getElementById("question-reason");

// Ask, with a field for a reason; the promise brings the reason, or null if it was cancelled.
export function question({ title, text, label, yes, required, given }) {
  document.getElementById("question-title").textContent = title;
  document.getElementById("question-text").textContent = text;
  document.getElementById("question-label").textContent = label;
  document.getElementById("question-yes").textContent = yes;
  reason.value = given;
  reason.required = required;
  dialog.returnValue = "";
  dialog.showModal();
  reason.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? reason.value.trim() : null), { once: true });
  });
}

export function isAsking() {
  return document.querySelector("dialog[open]") !== null;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  reason.value = reason.value.trim();
  if (form.reportValidity()) {
    dialog.close("yes");
  }
});
document.getElementById("question-no").addEventListener("click", () => dialog.close(""));
reason.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
