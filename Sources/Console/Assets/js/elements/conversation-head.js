/** The conversation's head: who, how they are there, who answers, and what can be done. */
import { avatar, button, iconButton, nameOf, picture } from '#/js/elements/parts.js';
import { ConnectionState } from '#/js/elements/connection-state.js';
import { el } from '#/js/lib/dom.js';
import { ago, t, words } from '#/js/models/words.js';

/** @typedef {import('#/js/console.js').Console} Console */

export class ConversationHead extends HTMLElement {
  #console;
  #acts;
  #who = el('div', { class: 'conversation-who' });
  #face = el('div', { class: 'conversation-face' });
  assignButton;
  #resolve;
  #panel;
  #sign = '';

  /** @param {Console} console @param {{back: () => void, details: () => void, assign: () => void, resolve: () => void}} acts */
  constructor(console, acts) {
    super();
    this.#console = console;
    this.#acts = acts;
    this.className = 'pane-head conversation-head';
    this.assignButton = button('', { class: 'assign-button', onclick: () => this.#acts.assign() });
    this.#resolve = button('', { class: 'resolve-button', onclick: () => this.#acts.resolve() });
    this.#panel = iconButton('panel', t('customer.panel'), { class: 'details-button', onclick: () => this.#acts.details() });
  }

  connectedCallback() {
    const back = iconButton('back', t('act.back'), { class: 'back', onclick: () => this.#acts.back() });
    this.assignButton.setAttribute('aria-haspopup', 'menu');
    this.replaceChildren(
      back,
      this.#face,
      this.#who,
      new ConnectionState(this.#console, { inline: true }),
      this.assignButton,
      this.#resolve,
      this.#panel,
    );
  }

  /** @param {import('#/js/lib/protocol.js').Row} row @param {{assignee: string|null, status: string}} now */
  show(row, { assignee, status }) {
    const { desk } = this.#console;
    const online = desk?.client.presence.customers.has(row.customer.id) ?? false;
    const customer = desk?.customers.get(row.customer.id);
    const member = assignee ? desk?.team.members.get(assignee) ?? { id: assignee, name: '' } : null;
    const line = online
      ? [t('customer.onlineNow'), shortPage(customer?.page)].filter(Boolean).join(' · ')
      : customer?.lastSeenAt ? t('customer.lastSeen', { when: ago(customer.lastSeenAt) }) : t('customer.offline');
    const sign = JSON.stringify([row.customer, online, line, member?.name, assignee, status, words.language]);
    if (sign === this.#sign) return;
    this.#sign = sign;
    const name = nameOf(row.customer);
    this.#face.replaceChildren(avatar({ id: row.customer.id, name: row.customer.name }, { online }));
    this.#who.replaceChildren(el('h1', { title: name }, name), el('p', null, line));
    this.#drawAssign(member);
    const open = status === 'open';
    this.#resolve.replaceChildren(
      picture(open ? 'check' : 'reopen'),
      el('span', null, open ? t('conversation.resolve') : t('conversation.reopen')),
    );
    this.#resolve.setAttribute('aria-label', open ? t('conversation.resolve') : t('conversation.reopen'));
    this.#resolve.title = `${open ? t('conversation.resolve') : t('conversation.reopen')} (e)`;
  }

  /** @param {{id: string, name: string}|null} member */
  #drawAssign(member) {
    const label = member ? member.name : t('assign.button');
    this.assignButton.replaceChildren(member ? avatar(member, { size: 'small' }) : picture('person'), el('span', null, label));
    this.assignButton.setAttribute('aria-label', member ? t('assign.current', { name: member.name }) : t('assign.button'));
    this.assignButton.title = `${member ? t('assign.current', { name: member.name }) : t('assign.button')} (a)`;
  }
}

/** @param {string|null|undefined} page */
function shortPage(page) {
  try {
    return page ? new URL(page).pathname : '';
  } catch {
    return page ?? '';
  }
}

customElements.define('sb-conversation-head', ConversationHead);
