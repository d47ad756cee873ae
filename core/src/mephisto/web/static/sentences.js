// Every sentence that a worker reads, by language. A `{name}` in one is filled in by `say`.

const english = {
  loading: "Loading…",
  frame: "Task",
  submit: "Submit",
  submitting: "Submitting…",
  preview: "Preview: accept the task to begin.",
  previewSubmit: "This is a preview, so nothing was sent. Accept the task to begin.",
  waiting: "No connection at the moment. We keep trying; there is nothing you need to do.",
  waitingToSubmit: "No connection at the moment. Your answer is safe here and is sent as soon as possible; please leave this page open.",
  savedTitle: "Your answer is saved",
  savedText: "Thank you. You can close this page now.",
  savedBefore: "An answer for this task had been saved before, so this one was not needed. You can close this page now.",
  receipt: "Receipt code",
  refusedTitle: "There is nothing to do here right now",
  refusedText: "There is no task for you at the moment. You can close this page.",
  failedTitle: "This task could not be opened",
  failedText: "Please try again. If that does not help, close this page and come back later.",
  again: "Try again",
  notSent: "Your answer was not sent: {reason} It is still here; please try again.",
  notSentReason: "Something went wrong on our side.",
  fileTooLarge: "The file {name} is larger than {limit} MB.",
  filesTooLarge: "The files together are larger than {limit} MB.",
  tooManyFiles: "At most {limit} files can be sent.",
  fileUnreadable: "The file {name} can no longer be read; choose it again.",
};

export function say(name, values = {}) {
  return english[name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}
