/** One conversation: who it is with, its words, and the answer that is being written. */
import { Composer } from '#/js/elements/composer.js';
import { drawLater } from '#/js/elements/frames.js';
import { MessageLog } from '#/js/elements/message-log.js';
import { ConversationHead } from '#/js/elements/conversation-head.js';
import { openAssignMenu } from '#/js/elements/assign-menu.js';
import { resolvedNotice } from '#/js/elements/resolved-notice.js';
import { Finder } from '#/js/elements/finder.js';
import { staleNotice } from '#/js/elements/stale-notice.js';
import { empty, linkButton, nameOf, retryPart } from '#/js/elements/parts.js';
import { toast } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { foreseen } from '#/js/models/replies.js';
import { UnreadLine } from '#/js/models/unread-line.js';
import { maybe, t } from '#/js/models/words.js';

/** @typedef {import('#/js/console.js').Console} Console */

export class ConversationView extends HTMLElement {
  conversation;
  #console;
  #desk;
  #head;
  #log;
  #composer;
  #again;
  #typing = el('div', { class: 'typing' });
  #stale = el('div', { class: 'stale-place' });
  #finder;
  /** @type {number|null} */ #at; // the message at which to open; until it was reached nothing counts as read
  #hides; // nothing is shown before it is there: the words would jump
  #live = el('div', { class: 'visually-hidden', role: 'log', 'aria-live': 'polite' });
  /** @type {UnreadLine|null} */ #line = null;
  #stop = new AbortController();
  /** @type {(() => void)[]} */ #stops = [];
  #later = drawLater(this, () => this.#draw());

  /**
   * @param {Console} console
   * @param {string} id
   * @param {{back: () => void, details: () => void, again: () => void}} acts
   * @param {number|null} at the number of the message at which to open; null: where the news begin, or the end
   */
  constructor(console, id, { back, details, again }, at = null) {
    super();
    this.#at = at;
    this.#hides = at !== null;
    this.#console = console;
    this.#desk = /** @type {import('#/js/desk-session.js').DeskSession} */ (console.desk);
    this.conversation = id;
    this.#again = again;
    this.className = 'conversation';
    this.#head = new ConversationHead(console, { back, details, assign: () => this.#assign(), resolve: () => this.#resolve() });
    this.#composer = new Composer(console, id, { send: (kind, text) => this.#send(kind, text), leave: () => this.#log.focus() });
    this.#finder = new Finder({ client: this.#desk.client, conversation: id, reached: (seq) => this.#reached(seq) });
    this.#log = new MessageLog({
      older: () => this.#desk.client.loadOlder(id),
      atEnd: () => this.#read(),
      retry: (clientID) => this.#desk.client.retry(clientID),
      discard: (clientID) => this.#desk.client.discard(clientID),
      edit: (clientID) => this.#takeBack(clientID),
    });
  }

  get title() {
    const row = this.#row;
    return row ? nameOf(row.customer) : t('inbox.title');
  }

  connectedCallback() {
    const { client, team } = this.#desk;
    this.replaceChildren(
      this.#head,
      this.#finder,
      this.#log,
      el('div', { class: 'conversation-foot' }, this.#log.latestButton, this.#typing, this.#stale),
      this.#composer,
      this.#live,
    );
    const mine = (/** @type {(detail: any) => void} */ act) => (/** @type {any} */ detail) => (detail?.id ?? detail) === this.conversation
      && act(detail);
    const draw = () => this.#later();
    this.#stops = [
      client.on('log', mine((detail) => (detail.reason === 'live' && this.#arrived(detail.events), draw()))),
      client.on('outbox', () => (this.#reportActs(), draw())),
      client.on('feed', draw), client.on('presence', draw), client.on('typing', mine(draw)), client.on('state', draw),
      client.on('gone', mine(() => this.#gone())), team.on('change', draw), this.#desk.customers.on('change', draw),
    ];
    const options = { signal: this.#stop.signal };
    document.addEventListener('visibilitychange', () => this.#looked(), options);
    window.addEventListener('focus', () => this.#looked(), options);
    window.addEventListener('blur', () => this.#looked(), options);
    void this.#load();
  }

  disconnectedCallback() {
    this.#stop.abort();
    for (const stop of this.#stops) stop();
  }

  /** @param {import('#/js/models/shortcuts.js').Command} command @returns {boolean} */
  command(command) {
    if (command === 'reply' || command === 'note') this.#composer.write(command);
    else if (command === 'resolve') this.#resolve();
    else if (command === 'assign') this.#assign();
    else return false;
    return true;
  }

  get #row() {
    return this.#desk.client.feed.row(this.conversation);
  }

  async #load() {
    const { client, customers } = this.#desk;
    if (client.log(this.conversation)?.loaded) this.#opened();
    else this.#draw();
    try {
      await client.open(this.conversation);
      const row = this.#row;
      if (row && !customers.get(row.customer.id)) await this.#console.api.conversation(this.conversation);
      if (!this.#line) this.#opened();
    } catch (problem) {
      if (this.isConnected && !client.log(this.conversation)?.loaded) this.#failed(problem);
    }
  }

  #opened() {
    const { feed } = this.#desk.client;
    this.#line = new UnreadLine({ read: feed.marks.get(this.conversation)?.read ?? 0, unread: feed.unread(this.conversation) });
    this.#draw();
    if (this.#at !== null) return this.find(this.#at);
    if (!document.querySelector('dialog[open]')) this.#focus();
    this.#read();
  }

  /**
   * Goes to a message, over as many older pages as it takes.
   * @param {number} seq
   */
  find(seq) {
    void this.#finder.find(seq);
  }

  /**
   * There, or as near as one got: the conversation shows.
   * @param {number} seq
   */
  #reached(seq) {
    this.#hides = false;
    this.#draw();
    const event = this.#log.find(seq) && this.#desk.client.log(this.conversation)?.events.find((one) => one.seq === seq);
    if (event) this.#speak(event);
    this.#at = null;
    this.#read();
  }

  /** A keyboard writes at once; a touch screen would hide half the words under its own. */
  #focus() {
    if (matchMedia('(pointer: fine)').matches) this.#composer.write('reply');
    else this.#log.focus({ preventScroll: true });
  }

  /** @param {any} problem */
  #failed(problem) {
    const gone = problem?.status === 404 || problem?.status === 403;
    const act = gone ? linkButton(t('app.lost.act'), { href: '/inbox' }) : retryPart()(this.#again);
    this.replaceChildren(
      this.#head,
      empty({
        icon: 'alert',
        title: gone ? t('conversation.gone.title') : t('conversation.failed'),
        text: gone ? t('conversation.gone.text') : sentence(problem),
        act,
      }),
    );
  }

  #gone() {
    this.#failed({ status: 404 });
  }

  #draw() {
    const { client, team } = this.#desk;
    const row = this.#row;
    const log = client.log(this.conversation);
    const pending = client.outbox.pending(this.conversation);
    if (row) {
      this.#head.show(row, foreseen(row, pending));
      this.#composer.setName(nameOf(row.customer));
    }
    this.#drawTyping();
    this.#stale.replaceChildren(...staleNotice({
      pending,
      events: log?.events ?? [],
      me: team.me.id,
      client,
      edit: (clientID) => this.#takeBack(clientID),
    }));
    const waits = !log?.loaded || this.#hides;
    this.dataset['loading'] = String(waits);
    if (waits || !row) return;
    const nameOfMember = (/** @type {string} */ id) => team.members.get(id)?.name ?? log.staff.get(id);
    this.#log.show({ log, pending, newAfter: this.#line?.after ?? null, customer: row.customer, me: team.me.id, nameOf: nameOfMember });
    this.#read();
  }

  #drawTyping() {
    const { client, team } = this.#desk;
    const row = this.#row;
    const names = client.typing.parties(this.conversation).filter(({ id }) => id !== team.me.id)
      .map(({ type, id, name }) => (type === 'customer' && row
        ? nameOf(row.customer)
        : team.members.get(id ?? '')?.name ?? name ?? t('event.somebody')));
    const said = names.length > 1
      ? t('conversation.typingBoth', { name: names[0] ?? '', other: names[1] ?? '' })
      : names.length === 1 ? t('conversation.typing', { name: names[0] ?? '' }) : '';
    if (this.#typing.dataset['said'] === said) return;
    this.#typing.dataset['said'] = said;
    this.#typing.replaceChildren(...(said
      ? [el('span', { class: 'typing-dots', 'aria-hidden': 'true' }, el('i', null), el('i', null), el('i', null)), said]
      : []));
  }

  /**
   * Somebody's words came in: told to screen readers, and to the button that leads down.
   * @param {import('#/js/lib/protocol.js').DeskEvent[]} events
   */
  #arrived(events) {
    const others = events.filter(({ kind, by }) => (kind === 'message' || kind === 'note') && by.id !== this.#desk.team.me.id);
    for (const event of others) this.#speak(event);
    this.#log.arrived(others.length);
  }

  /**
   * For those who listen to the page.
   * @param {import('#/js/lib/protocol.js').DeskEvent} event
   */
  #speak({ by, body }) {
    const row = this.#row;
    const name = by.type === 'customer' && row ? nameOf(row.customer) : by.name ?? t('event.somebody');
    this.#live.replaceChildren(el('p', null, t('conversation.says', { name, text: body.text ?? '' })));
  }

  /** Read is what was before somebody's eyes: the window has the focus and the end is in view. */
  #read() {
    const log = this.#desk.client.log(this.conversation);
    if (!log?.loaded || this.#at !== null || !this.#log.isAtEnd || document.visibilityState !== 'visible' || !document.hasFocus()) return;
    this.#desk.client.read(this.conversation, log.cursor);
    const row = this.#row;
    if (row && log.cursor >= row.lastSeq
      && this.#desk.client.feed.mark({
        conversation: row.id,
        read: log.cursor,
        customerMessages: row.customerMessages,
      })) this.#desk.inbox.emit('change');
  }

  #looked() {
    const log = this.#desk.client.log(this.conversation);
    if (!log?.loaded) return;
    if (document.visibilityState === 'visible' && document.hasFocus()) this.#line?.lookedBack(log.cursor);
    else this.#line?.lookedAway(log.cursor);
    this.#later();
  }

  /**
   * A reply says what its writer had seen, so that nobody answers over a reply.
   * @param {'text'|'note'} kind
   * @param {string} text
   */
  #send(kind, text) {
    const basedOn = kind === 'text' ? this.#desk.client.log(this.conversation)?.cursor : undefined;
    this.#line?.answered();
    this.#desk.client.send(this.conversation, kind, { text }, { basedOn });
    this.#log.toEnd();
  }

  /** @param {string} clientID */
  #takeBack(clientID) {
    const item = this.#desk.client.outbox.get(clientID);
    if (!item) return;
    this.#desk.client.discard(clientID);
    this.#composer.takeBack(item.kind === 'note' ? 'note' : 'reply', item.body.text ?? '');
  }

  #assign() {
    const row = this.#row;
    if (row) openAssignMenu(
      this.#head.assignButton,
      {
        team: this.#desk.team,
        online: this.#desk.client.presence.members,
        current: foreseen(row, this.#desk.client.outbox.pending(row.id)).assignee,
        choose: (member) => this.#act('assign', { member }),
      },
    );
  }

  #resolve() {
    const row = this.#row;
    if (!row) return;
    const { status } = foreseen(row, this.#desk.client.outbox.pending(row.id));
    if (status !== 'open') return this.#act('reopen', {});
    this.#act('resolve', {});
    resolvedNotice(this.#desk, row, () => this.#act('reopen', {}));
  }

  /** @param {'assign'|'resolve'|'reopen'} kind @param {{member?: string|null}} body */
  #act(kind, body) {
    this.#desk.client.send(this.conversation, kind, body);
    if (!this.#desk.client.connection.way) toast(t('act.waiting'));
  }

  /** Acts have no bubble: when one is refused it is said, and forgotten. */
  #reportActs() {
    for (const { kind, state, clientID, reason, detail } of this.#desk.client.outbox.pending(this.conversation)) {
      if (state !== 'failed' || kind === 'text' || kind === 'note') continue;
      queueMicrotask(() => this.#desk.client.discard(clientID));
      toast(t('act.failed', { reason: maybe(`nack.${reason ?? ''}`) ?? detail ?? reason ?? '' }));
    }
  }
}

customElements.define('sb-conversation', ConversationView);
