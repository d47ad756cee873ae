// What the page and the script of the run say to each other while the worker is at work.

import { page, post } from "./ground.js";

const hearers = [];
let said = [];

window.mephistoLiveTask = {
  // Send *data*, an object, to the script. What is none, or cannot be written as JSON, is an error here and now.
  sendLiveUpdate(data) {
    const written = JSON.stringify(data);
    if (!written?.startsWith("{")) {
      throw new TypeError("A live update must be an object.");
    }
    tell({ mephisto: "say", data: JSON.parse(written) });
  },
  // Call *hearer* with the data of each update of the script's, and `{ fromWorker }`: in a page that is opened again,
  // what was said before comes first, what it said itself included.
  onLiveUpdate(hearer) {
    if (hearers.push(hearer) === 1) {
      tell({ mephisto: "listen" });
    }
    tellEach(said, [hearer]);
  },
};

export function hear(updates) {
  const news = updates.map(({ data, from_worker }) => [data, { fromWorker: from_worker }]);
  said = [...said, ...news];
  tellEach(news, hearers);
}

// One by one, so that what goes wrong in one is told, and keeps nothing from the others.
function tellEach(updates, them) {
  updates.forEach((update) => them.forEach((hearer) => setTimeout(hearer, 0, ...update)));
}

// In a preview nobody is at work.
function tell(message) {
  if (page !== "preview") {
    post(message);
  }
}
