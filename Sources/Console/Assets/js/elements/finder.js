/** Over the log's upper edge: says how it goes when a message is looked for that may be far back. Nothing to say, nothing there. */
import { toast } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { PAGES, reach } from '#/js/models/reach.js';
import { t } from '#/js/models/words.js';

export class Finder extends HTMLElement {
  #client;
  #conversation;
  #reached;
  #finding = 0;

  /**
   * @param {{client: import('#/js/lib/desk-client.js').DeskClient, conversation: string, reached: (seq: number) => void}} parts
   *   reached: what can be here of the way to it is here
   */
  constructor({ client, conversation, reached }) {
    super();
    this.#client = client;
    this.#conversation = conversation;
    this.#reached = reached;
    this.className = 'finder';
    this.setAttribute('role', 'status');
  }

  /**
   * Over as many older pages as it takes. What is looked for last counts.
   * @param {number} seq
   */
  async find(seq) {
    const finding = (this.#finding += 1);
    const isOver = () => finding !== this.#finding || !this.isConnected;
    const again = (/** @type {string} */ label) => el('button', { class: 'link-button', type: 'button', onclick: () => void this.find(seq) }, label);
    try {
      const outcome = await this.#reach(seq);
      if (isOver()) return;
      this.#say(...(outcome === 'far' ? [t('conversation.findFar'), again(t('conversation.findOn'))] : []));
      if (outcome === 'gone' && seq <= (this.#log?.cursor ?? 0)) toast(t('conversation.findGone')); // else it is only about to come
    } catch {
      if (isOver()) return;
      this.#say(t('conversation.olderFailed'), again(t('act.retry')));
    }
    this.#reached(seq);
  }

  get #log() {
    return this.#client.log(this.#conversation);
  }

  /** @param {number} seq */
  #reach(seq) {
    const older = () => (this.#say(t('conversation.older')), this.#client.loadOlder(this.#conversation, PAGES.events));
    return reach(seq, { log: () => this.#log, older });
  }

  /** @param {...(Node|string)} said */
  #say(...said) {
    this.replaceChildren(...(said.length > 0 ? [el('div', { class: 'finder-said' }, ...said)] : []));
  }
}

customElements.define('sb-finder', Finder);
