// What few workers read, in English.

export const sentences = {
  preview: "Preview: accept the task to begin.",
  previewSubmit: "This is a preview, so nothing was sent. Accept the task to begin.",
  refusedTitle: "There is nothing to do here right now",
  refusedText: "There is no task for you at the moment. You can close this page.",
  lookAgain: "Look again",
  lookingAgain: "You can leave this page open: we look again from time to time.",
  endedTitle: "This attempt has ended",
  startAgain: "Start again",
  noMobileTitle: "This task needs a computer",
  noMobile: "This task does not work on phones and tablets. Please open it on a computer.",
  strandedTitle: "Your answer has not arrived yet",
  strandedText: "The server does not take it: {reason} It is kept in this browser. You can save it as a file, and send it to those who gave you the task.",
  strandedReason: "it does not know this task any more.",
  goOn: "Go on to the task",
  pageError: "Something in this page went wrong: {message}",
  unsupported: "A part of this page, {name}, cannot be shown here.",
};
