// The configuration that templates know.

export const values = {
  AUTO_SUBMIT_ERRORS: false,
  ADD_ERROR_HANDLING: false,
  ERROR_REPORT_TO_EMAIL: null,
  HIDE_SUBMIT_BUTTON: false,
};
let observers = [];
export const emitter = {
  on(name, observer) {
    observers = [...observers, [name, observer]];
    return emitter;
  },
  off(name, observer) {
    observers = observers.filter((known) => known[0] !== name || known[1] !== observer);
    return emitter;
  },
  emit(name, ...details) {
    observers.filter((known) => known[0] === name).forEach(([, observer]) => observer(...details));
  },
};
window._MEPHISTO_CONFIG_ = {
  EVENT_EMITTER: emitter,
  get(name) {
    if (!Object.hasOwn(values, name)) {
      throw new Error(`_MEPHISTO_CONFIG_ has no ${name}.`);
    }
    return values[name];
  },
  set(name, value) {
    values[name] = value;
    emitter.emit(name, value);
  },
};

// Pages call these of a script by Mechanical Turk, whether or not it can still be loaded.
window.turkGetParam = (name, otherwise = "") => new URLSearchParams(location.search).get(name) ?? otherwise;
window.turkGetSubmitToHost = () => location.origin;
window.turkSetAssignmentID = () => {};
