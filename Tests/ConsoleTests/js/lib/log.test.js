import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConversationLog } from '#/js/lib/conversation-log.js';
import { Feed } from '#/js/lib/feed.js';
import { Sequence } from '#/js/lib/sequence.js';
import { timeline } from '#/js/lib/timeline.js';
import { ManualClock, seeded } from '../world/clock.js';
import { ada, bo, kim } from '../world/world.js';

const event = (seq, fields = {}) => ({ seq, id: `e${seq}`, kind: 'message', at: 1000 * seq, by: kim, body: { text: `line ${seq}` }, ...fields });
const seqs = (items) => items.map((item) => item.seq);

test('below the cursor is dropped, the next is applied, beyond is held until the hole is filled', () => {
  const sequence = new Sequence(new ManualClock());
  sequence.reset(10);
  assert.deepEqual(seqs(sequence.offer([event(9), event(10)])), []);
  assert.deepEqual(seqs(sequence.offer([event(11)])), [11]);
  assert.deepEqual(seqs(sequence.offer([event(13), event(14)])), []);
  assert.deepEqual(seqs(sequence.offer([event(12)])), [12, 13, 14]);
  assert.equal(sequence.waits(), null);
});

test('a hole is asked about after a second, again more and more rarely, and not at all once it is filled', async () => {
  const clock = new ManualClock();
  const sequence = new Sequence(clock);
  sequence.offer([event(2)]);
  assert.equal(sequence.waits(), 1000);
  await clock.advance(999);
  assert.ok(!sequence.wantsAsk());
  await clock.advance(1);
  const waits = [];
  for (let round = 0; round < 6; round += 1) {
    assert.ok(sequence.wantsAsk());
    sequence.asked();
    waits.push(sequence.waits());
    await clock.advance(sequence.waits());
  }
  assert.deepEqual(waits, [2000, 4000, 8000, 16000, 16000, 16000]);
  sequence.offer([event(1)]);
  assert.ok(!sequence.wantsAsk());
});

test('more than 64 held are let go and asked for at once', () => {
  const sequence = new Sequence(new ManualClock());
  sequence.offer(Array.from({ length: 64 }, (_, index) => event(index + 2)));
  assert.ok(!sequence.wantsAsk());
  sequence.offer([event(70)]);
  assert.ok(sequence.wantsAsk());
  assert.equal(sequence.cursor, 0);
});

test('a top that a ping names is a hole at once; a number that was only acknowledged gets the usual second', () => {
  const clock = new ManualClock();
  const sequence = new Sequence(clock);
  sequence.heardSoon(1);
  assert.equal(sequence.waits(), 1000);
  assert.ok(sequence.heardTop(3));
  assert.ok(sequence.wantsAsk());
  sequence.offer([event(1), event(2)]);
  assert.notEqual(sequence.waits(), null, 'the third is still missing');
  sequence.offer([event(3)]);
  assert.equal(sequence.waits(), null);
  assert.ok(!sequence.heardTop(3));
});

test('whatever the order and however often they come, events are applied once and in order', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seeded(seed);
    const sequence = new Sequence(new ManualClock());
    const frames = Array.from({ length: 40 }, (_, index) => event(index + 1)).flatMap((one) => (random() < 0.3 ? [one, one] : [one])).sort(() => random() - 0.5);
    const applied = frames.flatMap((one) => sequence.offer([one]));
    assert.deepEqual(seqs(applied), Array.from({ length: 40 }, (_, index) => index + 1));
  }
});

test('a page of history that does not join is refused', () => {
  const log = new ConversationLog('c', new ManualClock());
  log.snapshot({ events: [event(10), event(11)], before: 10 });
  assert.ok(!log.prepend({ events: [event(7), event(8)], before: 7 }));
  assert.ok(log.prepend({ events: [event(8), event(9), event(10)], before: 8 }));
  assert.deepEqual(seqs(log.events), [8, 9, 10, 11]);
  assert.equal(log.before, 8);
});

test('snapshot and later events are a fresh snapshot, for every kind', () => {
  const kinds = [['message', {}], ['note', { by: ada }], ['assigned', { by: ada, body: { member: 'bo', name: 'Bo' } }], ['resolved', { by: ada, body: {} }], ['reopened', { by: { type: 'system' }, body: {} }], ['someday', { by: bo, body: {} }]];
  const all = kinds.map(([kind, fields], index) => event(index + 1, { kind, ...fields }));
  for (let cut = 0; cut <= all.length; cut += 1) {
    const [grown, fresh] = [new ConversationLog('c', new ManualClock()), new ConversationLog('c', new ManualClock())];
    const statusAt = (events) => (events.filter((one) => one.kind === 'resolved' || one.kind === 'reopened').at(-1)?.kind === 'resolved' ? 'resolved' : 'open');
    grown.snapshot({ events: all.slice(0, cut), status: statusAt(all.slice(0, cut)) });
    grown.receive(all.slice(cut));
    fresh.snapshot({ events: all, status: statusAt(all) });
    for (const part of ['events', 'status', 'before', 'staff', 'cursor']) assert.deepEqual(grown[part], fresh[part], part);
  }
});

test('receipts only rise, and reading is also having', () => {
  const log = new ConversationLog('c', new ManualClock());
  assert.ok(log.receipt({ by: ada, delivered: 2, read: 3 }));
  assert.ok(!log.receipt({ by: ada, delivered: 1, read: 1 }));
  assert.ok(log.receipt({ by: bo, delivered: 5, read: 0 }));
  assert.deepEqual([3, 4, 6].map((seq) => log.seenBy(seq, 'member')), ['read', 'delivered', 'sent']);
  assert.equal(log.seenBy(1, 'customer'), 'sent');
});

const row = (id, fields = {}) => ({ id, shop: 's', customer: { id: 'kim', name: 'Kim' }, status: 'open', assignee: null, version: 1, lastSeq: 1, customerMessages: 0, lastAt: 1, last: null, ...fields });

test('unread is what customers wrote since the own mark, never below zero', () => {
  const feed = new Feed(new ManualClock());
  feed.snapshot({ feed: 5, items: [row('a', { customerMessages: 7 })], marks: { a: { read: 4, customerMessages: 5 } } });
  assert.equal(feed.unread('a'), 2);
  feed.receive([{ seq: 6, kind: 'conversation', row: row('a', { version: 6, customerMessages: 8 }) }]);
  assert.equal(feed.unread('a'), 3);
  assert.ok(feed.mark({ conversation: 'a', read: 9, customerMessages: 8 }));
  assert.ok(!feed.mark({ conversation: 'a', read: 3, customerMessages: 2 }), 'marks only rise');
  assert.equal(feed.unread('a'), 0);
  feed.mark({ conversation: 'a', read: 9, customerMessages: 99 });
  assert.equal(feed.unread('a'), 0);
  assert.equal(feed.unread('unknown'), 0);
});

test('a row that is older than the known one moves the cursor and nothing else; hidden ones, too', () => {
  const feed = new Feed(new ManualClock());
  feed.snapshot({ feed: 1, items: [] });
  feed.receive([{ seq: 2, kind: 'conversation', row: row('a', { version: 3, status: 'resolved' }) }]);
  const changed = feed.receive([{ seq: 3, kind: 'conversation', row: row('a', { version: 2 }) }, { seq: 4, kind: 'hidden' }, { seq: 5, kind: 'shop', shop: 's' }]);
  assert.deepEqual(changed, { rows: [], shops: ['s'] });
  assert.equal(feed.row('a').status, 'resolved');
  assert.equal(feed.cursor, 5);
});

test('views hold what their names say, newest first', () => {
  const feed = new Feed(new ManualClock());
  feed.snapshot({ feed: 1, items: [row('a', { lastAt: 1 }), row('b', { assignee: 'ada', lastAt: 2, customerMessages: 1 }), row('c', { assignee: 'bo', lastAt: 3, shop: 't' }), row('d', { status: 'resolved', assignee: 'ada' })] });
  const ids = (view, shop) => feed.view(view, 'ada', shop).map((one) => one.id);
  assert.deepEqual([ids('mine'), ids('unassigned'), ids('all'), ids('resolved'), ids('all', 't')], [['b'], ['a'], ['c', 'b', 'a'], ['d'], ['c']]);
  assert.deepEqual(feed.counts('ada').mine, { conversations: 1, unread: 1 });
});

const dayKey = (ms) => new Date(ms).toISOString().slice(0, 10);
const item = (clientID, fields = {}) => ({ clientID, conversation: null, kind: 'text', body: { text: 'waiting' }, createdAt: 90_000, state: 'queued', tab: '', tries: 0, saved: true, ...fields });

test('days, groups, the new line and unsent bubbles are drawn in order', () => {
  const day = 86_400_000;
  const rows = timeline({
    events: [event(1), event(2), event(3, { by: ada }), event(4, { by: ada, at: 3000 + day }), event(5, { kind: 'resolved', by: ada, at: 4000 + day })],
    pending: [item('01B', { createdAt: 5000 + day })], side: 'customer', dayKey, newAfter: 2,
  });
  assert.deepEqual(rows.map((one) => one.type), ['day', 'bubble', 'bubble', 'new', 'bubble', 'day', 'bubble', 'line', 'bubble']);
  const bubbles = rows.filter((one) => one.type === 'bubble');
  assert.deepEqual(bubbles.map((one) => [one.mine, one.first, one.last]), [[true, true, false], [true, false, true], [false, true, true], [false, true, true], [true, true, true]]);
});

test('an unsent bubble keeps its key when it becomes an event, and is never shown twice', () => {
  const pending = [item('01B')];
  const before = timeline({ events: [event(1)], pending, side: 'customer', dayKey });
  const after = timeline({ events: [event(1), event(2, { clientID: '01B' })], pending, side: 'customer', dayKey });
  assert.equal(before.at(-1).key, '01B');
  assert.deepEqual(after.map((one) => one.key), before.map((one) => one.key));
});
