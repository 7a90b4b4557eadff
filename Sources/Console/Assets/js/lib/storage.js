/**
 * Where small things stay over a reload. A `Store` is what `localStorage` is, reduced to four verbs; it never throws: `set` answers
 * whether it was kept, and `persistent` says whether anything will survive the tab.
 *
 *   const store = browserStore(() => window.localStorage)     // falls back to memory where storage is blocked or full
 *   new MemoryStore(entries?, onWrite?)                       // tests, and the widget whose host page keeps things for it
 *   new Drafts(store, scope): get(id), set(id, text)          // unfinished messages
 *
 * @typedef {{get: (key: string) => string|null, set: (key: string, value: string) => boolean, remove: (key: string) => void,
 *   keys: (prefix: string) => string[], persistent: boolean}} Store
 */

export class MemoryStore {
  #entries;
  #onWrite;
  persistent;

  /**
   * @param {Iterable<[string, string]>} [entries]
   * @param {(key: string, value: string|null) => void} [onWrite] somebody else keeps it
   */
  constructor(entries = [], onWrite) {
    this.#entries = new Map(entries);
    this.#onWrite = onWrite;
    this.persistent = onWrite !== undefined;
  }

  /** @param {string} key */
  get(key) {
    return this.#entries.get(key) ?? null;
  }

  /** @param {string} key @param {string} value */
  set(key, value) {
    this.#entries.set(key, value);
    this.#onWrite?.(key, value);
    return this.persistent;
  }

  /** @param {string} key */
  remove(key) {
    this.#entries.delete(key);
    this.#onWrite?.(key, null);
  }

  /** @param {string} prefix */
  keys(prefix) {
    return [...this.#entries.keys()].filter((key) => key.startsWith(prefix));
  }
}

/**
 * Reading `window.localStorage` may itself throw, so it comes as a function.
 * @param {() => Storage} open
 * @returns {Store}
 */
export function browserStore(open) {
  const storage = usable(open);
  const spare = new MemoryStore();
  if (!storage) return spare;
  return {
    persistent: true,
    get: (key) => spare.get(key) ?? storage.getItem(key),
    set: (key, value) => {
      try {
        storage.setItem(key, value);
        spare.remove(key);
        return true;
      } catch {
        return spare.set(key, value); // full: at least this tab knows it
      }
    },
    remove: (key) => {
      spare.remove(key);
      storage.removeItem(key);
    },
    keys: (prefix) => [...new Set([...Object.keys(storage).filter((key) => key.startsWith(prefix)), ...spare.keys(prefix)])],
  };
}

/** @param {() => Storage} open */
function usable(open) {
  try {
    const storage = open();
    storage.setItem('switchboard.try', '1');
    storage.removeItem('switchboard.try');
    return storage;
  } catch {
    return null;
  }
}

/** What somebody has begun to write, by conversation. */
export class Drafts {
  #store;
  #prefix;

  /** @param {Store} store @param {string} scope whose drafts: a member, or a shop's visitor */
  constructor(store, scope) {
    this.#store = store;
    this.#prefix = `switchboard.draft.${scope}.`;
  }

  /** @param {string} id */
  get(id) {
    return this.#store.get(this.#prefix + id) ?? '';
  }

  /** @param {string} id @param {string} text */
  set(id, text) {
    if (text.trim() === '') this.#store.remove(this.#prefix + id);
    else this.#store.set(this.#prefix + id, text);
  }
}
