// What this browser keeps for us, in IndexedDB; where that is closed to us, as long as the page is open.

const DATABASE = "mephisto";
const SHELVES = ["answers", "drafts"];
let opening = null;

export class Shelf {
  #name;
  #memory = new Map();

  constructor(name) {
    this.#name = name;
  }

  // Keep *value*. True if it will be there when this page is opened again.
  async put(key, value) {
    try {
      await this.#within("readwrite", (shelf) => shelf.put(value, key));
      return true;
    } catch {
      this.#memory.set(key, value);
      return false;
    }
  }

  async get(key) {
    return (await this.#within("readonly", (shelf) => shelf.get(key)).catch(() => undefined)) ?? this.#memory.get(key);
  }

  async all() {
    return [...(await this.#within("readonly", (shelf) => shelf.getAll()).catch(() => [])), ...this.#memory.values()];
  }

  async remove(key) {
    this.#memory.delete(key);
    await this.#within("readwrite", (shelf) => shelf.delete(key)).catch(() => {});
  }

  async #within(mode, work) {
    const database = await (opening ??= open());
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(this.#name, mode, { durability: "strict" });
      const request = work(transaction.objectStore(this.#name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => SHELVES.forEach((name) => request.result.createObjectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
