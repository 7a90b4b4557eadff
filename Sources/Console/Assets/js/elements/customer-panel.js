/** Who the customer is, and where they are now. */
import { avatar, iconButton, moment, nameOf, shopDot } from '#/js/elements/parts.js';
import { el, safeURL } from '#/js/lib/dom.js';
import { ago, t, words } from '#/js/models/words.js';

/** @typedef {import('#/js/console.js').Console} Console */

export class CustomerPanel extends HTMLElement {
  #console;
  #id;
  #close;
  #body = el('div', { class: 'details' });
  /** @type {(() => void)[]} */ #stops = [];
  #sign = '';

  /** @param {Console} console @param {string} id of the conversation @param {{close: () => void}} acts */
  constructor(console, id, { close }) {
    super();
    this.#console = console;
    this.#id = id;
    this.#close = close;
  }

  connectedCallback() {
    const { desk } = this.#console;
    if (!desk) return;
    const close = iconButton('close', t('customer.hide'), { class: 'details-close', onclick: () => this.#close() });
    this.replaceChildren(el('header', { class: 'pane-head' }, el('h2', null, t('customer.panel')), close), this.#body);
    const clock = setInterval(() => this.#draw(), 30_000);
    const draw = () => this.#draw();
    this.#stops = [
      desk.customers.on('change', draw),
      desk.client.on('presence', draw),
      desk.client.on('feed', draw),
      desk.client.on('log', draw),
      desk.team.on('change', draw),
      () => clearInterval(clock),
    ];
    this.#draw();
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
  }

  #draw() {
    const { desk } = this.#console;
    const row = desk?.client.feed.row(this.#id);
    if (!desk || !row) return;
    const customer = desk.customers.get(row.customer.id);
    const online = desk.client.presence.customers.has(row.customer.id);
    const shop = desk.team.shops.get(row.shop);
    const member = row.assignee ? desk.team.members.get(row.assignee) : undefined;
    const seen = Math.max(customer?.lastSeenAt ?? 0, desk.client.log(this.#id)?.lastFrom('customer')?.at ?? 0);
    const seenWords = seen ? ago(seen) : '';
    const sign = JSON.stringify([row.customer, customer, online, shop?.name, shop?.colour, member?.name, seenWords, words.language]);
    if (sign === this.#sign) return;
    this.#sign = sign;
    const name = nameOf({ ...row.customer, name: row.customer.name ?? customer?.name ?? null });
    const state = online ? t('customer.onlineNow') : t('customer.offline');
    const waiting = () => el('span', { class: 'skeleton fact-skeleton' });
    this.#body.replaceChildren(
      el(
        'div',
        { class: 'details-who' },
        avatar({ id: row.customer.id, name: row.customer.name }, { size: 'large', online }),
        el('h3', null, name),
        el('p', { class: 'field-hint' }, state),
      ),
      el('dl', { class: 'facts' },
        fact(t('customer.email'), customer ? emailOf(customer.email) : waiting()),
        fact(online ? t('customer.page') : t('customer.lastPage'), customer ? pageOf(customer.page) : waiting()),
        fact(t('customer.seen'), online ? t('customer.onlineNow') : seen ? moment(seen, seenWords, words.dateTime(seen)) : waiting()),
        fact(
          t('customer.firstSeen'),
          customer ? moment(customer.createdAt, words.dateTime(customer.createdAt), words.dateTime(customer.createdAt)) : waiting(),
        ),
        fact(t('customer.shop'), shop ? el('span', { class: 'fact-line' }, shopDot(shop.colour), shop.name) : '–'),
        fact(
          t('customer.answering'),
          member ? el('span', { class: 'fact-line' }, avatar(member, { size: 'small' }), member.name) : t('customer.nobody'),
        )));
  }
}

/** @param {string} label @param {Node|string} value */
const fact = (label, value) => el('div', null, el('dt', null, label), el('dd', null, value));

/** @param {string|null} email */
const emailOf = (email) => (email
  ? el('a', { href: `mailto:${email}` }, email)
  : el('span', { class: 'field-hint' }, t('customer.noEmail')));

/**
 * A page that a stranger names: shown in full, opened only when it is a harmless address.
 * @param {string|null} page
 */
function pageOf(page) {
  if (!page) return el('span', { class: 'field-hint' }, t('customer.noPage'));
  const href = safeURL(page);
  const short = page.replace(/^https?:\/\/(www\.)?/, '');
  return href.startsWith('http') ? el('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow', title: page }, short) : page;
}

customElements.define('sb-customer', CustomerPanel);
