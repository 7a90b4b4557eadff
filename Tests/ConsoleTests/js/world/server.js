// A small server of docs/sync-protocol.md in memory: what it stored survives `kill`, everything else does not.
// It is written from the protocol's text alone and shares no code with the browser's library.

let made = 0;
const newID = () => `01SERVER${String((made += 1)).padStart(18, '0')}`;

export class ProtocolServer {
  epoch = 'epoch-1';
  conversations = new Map();
  feed = [];
  marks = new Map(); // "principal conversation" → { delivered, read }
  sessions = new Set();
  tickets = new Map();
  alive = true;
  availableTo = () => true;

  typing = []; // what clients said of it, in order

  constructor({ clock }) {
    this.clock = clock;
  }

  // --- what is durable ---

  conversationOf(customer) {
    return [...this.conversations.values()].find((one) => one.customer.id === customer.id);
  }

  append(conversation, kind, by, body, clientID) {
    const isPublic = kind !== 'note' && kind !== 'assigned';
    if (isPublic) conversation.pubSeq += 1;
    const event = { seq: conversation.events.length + 1, pubSeq: isPublic ? conversation.pubSeq : null, id: newID(), kind, at: this.clock.now(), by, body, clientID };
    conversation.events.push(event);
    if (kind === 'message') conversation.last = { kind, by: by.type, text: body.text.slice(0, 120) };
    if (kind === 'message' && by.type === 'customer') conversation.customerMessages += 1;
    if (kind === 'assigned') conversation.assignee = body.member;
    if (kind === 'resolved' || kind === 'reopened') conversation.status = kind === 'resolved' ? 'resolved' : 'open';
    conversation.lastAt = event.at;
    this.feed.push({ seq: this.feed.length + 1, kind: 'conversation', conversation: conversation.id });
    conversation.version = this.feed.length;
    return event;
  }

  row({ id, shop, customer, status, assignee, version, events, customerMessages, lastAt, last }) {
    return { id, shop, customer, status, assignee, version, lastSeq: events.length, customerMessages, lastAt, last };
  }

  // An event as this principal may see it, or null.
  seen(event, who) {
    const { seq, pubSeq, clientID, ...rest } = event;
    const own = event.by.id === who.id ? { clientID } : {};
    if (who.type === 'member') return { seq, ...rest, ...own, ...(pubSeq ? { pubSeq } : {}) };
    return pubSeq ? { seq: pubSeq, ...rest, ...own } : null;
  }

  visible(conversation, who, after = 0) {
    return conversation.events.map((event) => this.seen(event, who)).filter((event) => event && event.seq > after);
  }

  top(conversation, who) {
    return who.type === 'member' ? conversation.events.length : conversation.pubSeq;
  }

  // The one place that stores a send: frame and POST alike.
  store(who, { conversation: id, clientID, basedOn, kind, body }) {
    let conversation = who.type === 'customer' ? this.conversationOf(who) : this.conversations.get(id);
    if (!conversation && who.type === 'member') return { type: 'nack', clientID, code: 'not_found', message: 'no such conversation', final: true };
    if (typeof body?.text === 'string' && body.text.length > 10_000) return { type: 'nack', clientID, code: 'text_too_long', message: 'too long', final: true };
    if (!conversation) {
      conversation = { id: newID(), shop: 'lantern', customer: who, status: 'open', assignee: null, events: [], pubSeq: 0, customerMessages: 0, version: 0, lastAt: 0, last: null, acks: new Map() };
      this.conversations.set(conversation.id, conversation);
    }
    const known = conversation.acks.get(`${who.id} ${clientID}`);
    if (known) return { ...known, duplicate: true };
    const others = this.visible(conversation, who, basedOn ?? Infinity).filter((event) => event.by.id !== who.id);
    if (basedOn !== undefined && others.length > 0) return { type: 'stale', clientID, conversation: conversation.id, events: others };
    if (who.type === 'customer' && conversation.status === 'resolved') this.append(conversation, 'reopened', { type: 'system' }, {});
    const words = { text: 'message', note: 'note', assign: 'assigned', resolve: 'resolved', reopen: 'reopened' };
    const event = this.append(conversation, words[kind], who, body, clientID);
    const ack = { type: 'ack', clientID, conversation: conversation.id, id: event.id, seq: this.seen(event, who).seq, at: event.at };
    conversation.acks.set(`${who.id} ${clientID}`, ack);
    this.ring(conversation, event);
    return ack;
  }

  ring(conversation, event) {
    for (const session of this.sessions) session.rung(conversation, event);
  }

  // --- HTTP, as the harness' fetch reaches it ---

  answer(who, method, path, body) {
    const url = new URL(path, 'http://desk');
    const parts = url.pathname.replace(/^\/api\/widget\/[^/]+/, '/api/widget').split('/').slice(2);
    const [thing, one, two] = parts;
    if (thing === 'tickets') return [201, { ticket: this.ticket(who), expiresInMs: 60_000 }];
    if (thing === 'inbox') return [200, this.inbox(who)];
    if (thing === 'sync' || one === 'sync') return [200, this.poll(who, url.searchParams)];
    if (thing === 'widget' && one === 'tickets') return [201, { ticket: this.ticket(who), expiresInMs: 60_000 }];
    const conversation = thing === 'widget' ? this.conversationOf(who) : this.conversations.get(one);
    const verb = thing === 'widget' ? two : two;
    if (verb === undefined) return this.snapshot(who, conversation);
    if (verb === 'receipts') return [204, null];
    if (verb === 'events' && method === 'POST') return this.posted(who, { ...body, conversation: conversation?.id });
    const before = Number(url.searchParams.get('before'));
    const older = this.visible(conversation, who).filter((event) => event.seq < before).slice(-50);
    return [200, { epoch: this.epoch, events: older, before: older[0]?.seq > 1 ? older[0].seq : null }];
  }

  posted(who, send) {
    const { type, ...answer } = this.store(who, send);
    if (type === 'ack') return [answer.duplicate ? 200 : 201, answer];
    return [type === 'stale' ? 409 : 422, { code: type === 'stale' ? 'stale' : `desk.${answer.code}`, status: 422, ...answer }];
  }

  snapshot(who, conversation) {
    if (!conversation) return who.type === 'member' ? [404, { code: 'desk.not_found' }] : [200, { epoch: this.epoch, conversation: null, status: null, events: [], before: null, receipts: [], mark: {}, staff: [] }];
    const all = this.visible(conversation, who);
    const events = all.slice(-50);
    const before = events.length < all.length ? events[0].seq : null;
    const common = { epoch: this.epoch, events, before, receipts: [], mark: {} };
    if (who.type === 'member') return [200, { ...common, feed: this.feed.length, row: this.row(conversation) }];
    return [200, { ...common, conversation: conversation.id, status: conversation.status, staff: [] }];
  }

  inbox() {
    return { epoch: this.epoch, feed: this.feed.length, items: [...this.conversations.values()].map((one) => this.row(one)), marks: {}, next: null };
  }

  ticket(who) {
    const ticket = newID();
    this.tickets.set(ticket, who);
    return ticket;
  }

  poll(who, query) {
    const conversations = Object.fromEntries(query.getAll('conversation').map((text) => [text.split(':')[0], Number(text.split(':')[1])]));
    const frames = [];
    const session = new Session(this, (frame) => frames.push(frame));
    session.resume(who, { epoch: query.get('epoch') ?? undefined, feed: query.has('feed') ? Number(query.get('feed')) : undefined, conversations });
    this.sessions.delete(session);
    return { epoch: this.epoch, frames: frames.filter((frame) => frame.type !== 'ready') };
  }

  connect(send, close) {
    return new Session(this, send, close);
  }

  kill() {
    this.alive = false;
    this.tickets.clear();
    for (const session of [...this.sessions]) session.end(1006);
  }

  revive() {
    this.alive = true;
  }
}

// One connection. `send` and `close` are the wire's.
class Session {
  open = new Set();
  who = null;

  constructor(server, send, close = () => {}) {
    Object.assign(this, { server, send, close });
    server.sessions.add(this);
  }

  heard(frame) {
    const { server } = this;
    if (!this.who) {
      this.who = server.tickets.get(frame.ticket);
      if (frame.type !== 'init' || !this.who) return this.end(4401);
      server.tickets.delete(frame.ticket);
      this.resume(this.who, frame);
      this.beat();
    } else if (frame.type === 'send') this.send({ ...server.store(this.who, frame), ref: frame.ref });
    else if (frame.type === 'probe') this.ping();
    else if (frame.type === 'sync' || frame.type === 'open') this.sync(frame);
    else if (frame.type === 'leave') this.open.delete(frame.conversation);
    else if (frame.type === 'receipt') this.receipt(frame);
    else if (frame.type === 'typing') server.typing.push(frame.on), this.tell(this.conversation(frame), { type: 'typing', on: frame.on, ttlMs: 5000 });
  }

  conversation({ conversation: id }) {
    return this.who.type === 'member' ? this.server.conversations.get(id) : this.server.conversationOf(this.who);
  }

  resume(who, { epoch, feed, conversations = {} }) {
    const { server } = this;
    this.who = who;
    const own = who.type === 'customer' ? server.conversationOf(who) : null;
    const extra = who.type === 'customer' ? { conversation: own?.id ?? null, available: server.availableTo(who) } : {};
    this.send({ type: 'ready', protocol: 1, connection: newID(), epoch: server.epoch, you: who, limits: {}, pingMs: 25_000, ...extra });
    if (epoch !== undefined && epoch !== server.epoch) this.send({ type: 'reset', scope: 'all', reason: 'epoch' });
    else {
      const after = who.type === 'customer' ? (own ? { [own.id]: conversations[own.id] ?? 0 } : {}) : conversations;
      for (const [id, seq] of Object.entries(after)) this.catchUp(id, seq);
      for (const id of Object.keys(conversations)) if (!(id in after)) this.send({ type: 'reset', scope: 'conversation', conversation: id, reason: 'gone' });
      if (who.type === 'member') this.feedFrom(feed ?? server.feed.length);
    }
    this.send(this.tops('resumed'));
  }

  catchUp(id, seq) {
    const conversation = this.server.conversations.get(id);
    if (!conversation) return this.send({ type: 'reset', scope: 'conversation', conversation: id, reason: 'gone' });
    if (seq > this.server.top(conversation, this.who)) return this.send({ type: 'reset', scope: 'conversation', conversation: id, reason: 'ahead' });
    this.open.add(id);
    const events = this.server.visible(conversation, this.who, seq);
    for (let start = 0; start < events.length; start += 500) this.send({ type: 'events', conversation: id, events: events.slice(start, start + 500) });
  }

  feedFrom(seq) {
    const items = this.server.feed.filter((item) => item.seq > seq).map((item) => this.item(item));
    if (items.length > 0) this.send({ type: 'feed', items });
  }

  item({ seq, kind, conversation }) {
    return { seq, kind, row: this.server.row(this.server.conversations.get(conversation)) };
  }

  sync({ conversation, after, feed }) {
    if (conversation) this.catchUp(conversation, after);
    if (feed !== undefined) this.feedFrom(feed);
    this.send(this.tops('resumed'));
  }

  rung(conversation, event) {
    if (!this.who) return;
    const mine = this.who.type === 'customer' && conversation.customer.id === this.who.id;
    if (mine) this.open.add(conversation.id);
    const seen = this.open.has(conversation.id) ? this.server.seen(event, this.who) : null;
    if (seen) this.send({ type: 'events', conversation: conversation.id, events: [seen] });
    if (this.who.type === 'member') this.send({ type: 'feed', items: [this.item(this.server.feed.at(-1))] });
  }

  receipt({ conversation, delivered, read }) {
    this.tell(this.server.conversations.get(conversation), { type: 'receipt', delivered, read });
  }

  tell(conversation, frame) {
    if (!conversation) return;
    for (const other of this.server.sessions) {
      if (other.who && other.who.id !== this.who.id && other.open.has(conversation.id)) other.send({ ...frame, conversation: conversation.id, by: this.who });
    }
  }

  tops(type) {
    const conversations = Object.fromEntries([...this.open].map((id) => [id, this.server.top(this.server.conversations.get(id), this.who)]));
    return { type, ...(this.who.type === 'member' ? { feed: this.server.feed.length } : {}), conversations };
  }

  ping() {
    this.send(this.tops('ping'));
  }

  beat() {
    this.cancel = this.server.clock.after(25_000, () => {
      this.ping();
      this.beat();
    });
  }

  end(code) {
    this.cancel?.();
    this.server.sessions.delete(this);
    this.close(code);
  }
}
