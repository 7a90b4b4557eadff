/** Where the gateway begins. Its places are loaded when somebody opens them: who answers customers does not pay for them. */
import { empty, retryPart } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { t } from '#/js/models/words.js';
import { Problem } from '#/js/lib/http.js';

/** @typedef {import('#/js/models/router.js').Place} Place */

/** @type {Promise<typeof import('#/js/gateway/place.js')>|null} */
let loading = null;

/** Modules and styles; what failed is asked for again the next time. */
export function loadGateway() {
  loading ??= Promise.all([import('#/js/gateway/place.js'), loadStyle()]).then(([module]) => module, (problem) => {
    loading = null;
    console.warn(problem);
    throw new Problem({ status: 0, code: 'unreachable' });
  });
  return loading;
}

/** @returns {Promise<void>} */
function loadStyle() {
  const href = document.querySelector('meta[name="gateway-style"]')?.getAttribute('content') ?? '';
  if (document.querySelector('link[data-place="gateway"]')) return Promise.resolve();
  return new Promise((done, fail) => {
    const link = el('link', { rel: 'stylesheet', href, 'data-place': 'gateway', onload: () => done() });
    link.addEventListener('error', () => (link.remove(), fail(new Error('no style'))));
    document.head.append(link);
  });
}

export class GatewayDoor extends HTMLElement {
  #console;
  /** @type {import('#/js/gateway/place.js').GatewayPlace|null} */ #inside = null;
  /** @type {Place} */ #place = { name: 'gateway' };

  /** @param {import('#/js/console.js').Console} console */
  constructor(console) {
    super();
    this.#console = console;
    this.className = 'door-inside';
  }

  get title() {
    return this.#inside?.title ?? t('rail.gateway');
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
    this.replaceChildren(el('span', { class: 'visually-hidden', role: 'status' }, t('rail.gateway')));
    try {
      const { GatewayPlace } = await loadGateway();
      if (this.#inside || !this.isConnected) return;
      this.#inside = new GatewayPlace(this.#console);
      this.replaceChildren(this.#inside);
      this.#inside.arrive(this.#place);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const act = retryPart()(() => void this.#open());
      this.replaceChildren(empty({ icon: 'alert', title: t('gateway.failed'), text: sentence(problem), act }));
    }
  }
}

customElements.define('sb-gateway-door', GatewayDoor);
