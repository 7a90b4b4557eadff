/** Where a place begins that is loaded when somebody opens it: who answers customers does not pay for it. */
import { empty, retryPart } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { t } from '#/js/models/words.js';
import { Problem } from '#/js/lib/http.js';

/** @typedef {import('#/js/models/router.js').Place} Place */
/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/models/words.js').Key} Key */
/** @typedef {HTMLElement & {title: string, arrive: (place: Place) => void, command: (command: import('#/js/models/shortcuts.js').Command) => boolean}} Inside */

/**
 * Modules and styles; what failed is asked for again the next time.
 * @template M
 * @param {string} name as in `<meta name="gateway-style">`
 * @param {() => Promise<M>} modules
 * @returns {() => Promise<M>}
 */
export function loader(name, modules) {
  /** @type {Promise<M>|null} */
  let loading = null;
  return () => {
    loading ??= Promise.all([modules(), loadStyle(name)]).then(([module]) => module, (problem) => {
      loading = null;
      console.warn(problem);
      throw new Problem({ status: 0, code: 'unreachable' });
    });
    return loading;
  };
}

/** @param {string} name @returns {Promise<void>} */
function loadStyle(name) {
  const href = document.querySelector(`meta[name="${name}-style"]`)?.getAttribute('content') ?? '';
  if (document.querySelector(`link[data-place="${name}"]`)) return Promise.resolve();
  return new Promise((done, fail) => {
    const link = el('link', { rel: 'stylesheet', href, 'data-place': name, onload: () => done() });
    link.addEventListener('error', () => (link.remove(), fail(new Error('no style'))));
    document.head.append(link);
  });
}

export class LazyDoor extends HTMLElement {
  #name;
  #failed;
  #make;
  /** @type {Inside|null} */ #inside = null;
  /** @type {Place} */ #place = { name: 'lost' };

  /** @param {{name: Key, failed: Key, make: () => Promise<Inside>}} parts */
  constructor({ name, failed, make }) {
    super();
    this.#name = name;
    this.#failed = failed;
    this.#make = make;
    this.className = 'door-inside';
  }

  get title() {
    return this.#inside?.title ?? t(this.#name);
  }

  /** @param {Place} place */
  arrive(place) {
    this.#place = place;
    if (this.#inside) this.#inside.arrive(place);
    else void this.#open();
  }

  /** @param {import('#/js/models/shortcuts.js').Command} command */
  command(command) {
    return this.#inside?.command(command) ?? false;
  }

  async #open() {
    this.replaceChildren(el('span', { class: 'visually-hidden', role: 'status' }, t(this.#name)));
    try {
      const inside = await this.#make();
      if (this.#inside || !this.isConnected) return;
      this.#inside = inside;
      this.replaceChildren(inside);
      inside.arrive(this.#place);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const act = retryPart()(() => void this.#open());
      this.replaceChildren(empty({ icon: 'alert', title: t(this.#failed), text: sentence(problem), act }));
    }
  }
}
