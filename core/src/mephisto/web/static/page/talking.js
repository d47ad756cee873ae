// What the page and the script of the run say to each other while the worker is at work.

import { page, post } from "./ground.js";

const hearers = [];
let said = [];

window.mephistoLiveTask = {
  // Send *data*, an object, to the script.
  sendLiveUpdate(data) {
    tell({ mephisto: "say", data: { ...data } });
  },
  // Call *hearer* with the data of each update of the script's, and `{ fromWorker }`: in a page that is opened again,
  // what was said before comes first, what it said itself included.
  onLiveUpdate(hearer) {
    if (hearers.push(hearer) === 1) {
      tell({ mephisto: "listen" });
    }
    said.forEach((update) => hearer(...update));
  },
};

export function hear(updates) {
  const news = updates.map(({ data, from_worker }) => [data, { fromWorker: from_worker }]);
  said = [...said, ...news];
  // One by one, so that what goes wrong in one is told, and keeps nothing from the others.
  news.forEach((update) => hearers.forEach((hearer) => setTimeout(hearer, 0, ...update)));
}

// In a preview nobody is at work.
function tell(message) {
  if (page !== "preview") {
    post(message);
  }
}
