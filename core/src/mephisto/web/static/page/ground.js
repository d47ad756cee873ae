// What the other parts stand on: names of the browser's that stay ours, which page this is, and the way to the shell.

// Scripts of the page may give these names to something else.
export const { parent, File, FormData, Map, Set } = window;
export const { page, file } = JSON.parse(document.getElementById("mephisto-page").textContent);

export function post(message) {
  if (parent !== window) {
    parent.postMessage(message, location.origin);
  }
}

const listeners = [];

export function listen(...listener) {
  listeners.push(listener);
  window.addEventListener(...listener);
}

// Pages that write themselves anew lose all listeners; where these still are, they are not added again.
export function listenAgain() {
  listeners.forEach((listener) => window.addEventListener(...listener));
}
