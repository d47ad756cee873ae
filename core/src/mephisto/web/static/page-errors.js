// What goes wrong in the page, told to the shell: each thing once, and then how often it came again. Loaded only when
// something does.

const MOST = 20;
const PAUSE = 1000;
// What was told, and how often it has come since.
const again = {};

export function ofScript({ message, filename, lineno }, page) {
  tell(page, { message, line: lineno }, filename);
}

export function ofPromise(reason, page) {
  // The stack begins where it was thrown.
  const [, place, line] = /(https?:\S+?):(\d+):\d+/.exec(reason?.stack ?? "") ?? [];
  tell(page, { message: String(reason?.message ?? reason), line: Number(line ?? 0) }, place);
}

// Browsers do not say where in the page it stands: who has the template looks for its source.
export function ofLoad(element, page) {
  const address = String(element.src || element.href);
  // <img src=""> waits for a script to say what it shows.
  if (isHere(address)) {
    return;
  }
  const message = `${withoutOrigin(address)} did not load`;
  tell(page, { message, line: 0, source: element.getAttribute("src") ?? element.getAttribute("href") });
}

export function tell({ file, post, values }, about, place = "") {
  const error = { ...about, file: place === "" || isHere(place) ? file : withoutOrigin(place) };
  const key = JSON.stringify(error);
  if (key in again) {
    again[key] += 1;
    if (again[key] === 1) {
      setTimeout(() => tellCount(key, error, post), PAUSE);
    }
  } else if (Object.keys(again).length < MOST) {
    again[key] = 0;
    post({ mephisto: "error", error });
    if (values.ADD_ERROR_HANDLING === true) {
      import("./page-notices.js").then(({ showError }) => showError(about.message, values.ERROR_REPORT_TO_EMAIL));
    }
  }
}

function tellCount(key, error, post) {
  post({ mephisto: "error", error: { ...error, times: again[key] } });
  again[key] = 0;
}

// The page's own address is another for each worker, and nobody else's business.
function isHere(address) {
  return address.split(/[?#]/)[0] === location.origin + location.pathname;
}

function withoutOrigin(address) {
  return address.replace(`${location.origin}/`, "");
}
