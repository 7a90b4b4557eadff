/** The state of the connection in words, always in view; while it waits for the next try, pressing it tries at once. */
import { el } from '#/js/lib/dom.js';
import { connectionReport } from '#/js/models/connection-words.js';
import { t } from '#/js/models/words.js';

export class ConnectionState extends HTMLElement {
  #console;
  #inline;
  /** @type {(() => void)|null} */ #stop = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #clock;
  #button = el('button', { class: 'connection', type: 'button', onclick: () => this.#now() });
  #said = '';

  /**
   * @param {import('#/js/console.js').Console} console
   * @param {{inline?: boolean}} look
   */
  constructor(console, { inline = false } = {}) {
    super();
    this.#console = console;
    this.#inline = inline;
  }

  connectedCallback() {
    if (this.#inline) this.#button.classList.add('connection-inline');
    this.replaceChildren(this.#button);
    this.#stop = this.#console.desk?.client.on('state', () => this.#draw()) ?? null;
    this.#draw();
  }

  disconnectedCallback() {
    this.#stop?.();
    clearInterval(this.#clock);
  }

  #now() {
    const { client } = this.#console.desk ?? {};
    if (client?.state === 'closed') location.reload();
    else client?.connection.wake();
  }

  #draw() {
    const report = reportOf(this.#console);
    const state = this.#console.desk?.client.state ?? 'stopped';
    this.#button.dataset['state'] = report.live ? 'live' : state;
    this.#button.dataset['tone'] = report.tone;
    if (this.#said !== report.words) this.#button.textContent = this.#said = report.words;
    const waiting = this.#console.desk?.client.connection.retryAt != null && !report.live;
    this.#button.title = waiting ? t('connection.now') : t('connection.label', { state: report.words });
    this.#button.setAttribute('aria-label', t('connection.label', { state: report.words }) + (waiting ? ` – ${t('connection.now')}` : ''));
    clearInterval(this.#clock);
    if (waiting) this.#clock = setInterval(() => this.#draw(), 1000);
  }
}

/** @param {import('#/js/console.js').Console} console */
export function reportOf({ desk }) {
  return connectionReport(desk?.client.state ?? 'stopped', { retryAt: desk?.client.connection.retryAt, network: navigator.onLine });
}

customElements.define('sb-connection', ConnectionState);
