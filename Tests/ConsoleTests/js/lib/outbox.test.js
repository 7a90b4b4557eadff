import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '#/js/lib/outbox.js';
import { MemoryStore } from '#/js/lib/storage.js';
import { ULIDSource } from '#/js/lib/ulid.js';
import { ManualClock } from '../world/clock.js';

const text = (words) => ({ kind: 'text', body: { text: words } });

function desk({ store = new MemoryStore([], () => {}), tab = 'one', clock = new ManualClock() } = {}) {
  const ids = new ULIDSource({ now: clock.now, fill: (bytes) => bytes.fill(tab.length) });
  return { clock, store, outbox: new Outbox({ store, scope: 'kim', now: clock.now, ids, tab }) };
}

test('a message is saved before anything is tried', () => {
  const { store, outbox } = desk();
  const item = outbox.add(text('你好 👋'));
  assert.equal(JSON.parse(store.get(`switchboard.outbox.kim.${item.clientID}`)).body.text, '你好 👋');
  assert.ok(item.saved);
});

test('a reload brings all of it back, in order and with the same ids', () => {
  const { store, outbox, clock } = desk();
  const made = ['a', 'b', 'c'].map((words) => outbox.add(text(words)).clientID);
  outbox.take(16);
  const after = desk({ store, clock }).outbox;
  assert.deepEqual(after.pending().map((item) => [item.clientID, item.state]), made.map((id) => [id, 'queued']));
});

test('at most so many are under way, the oldest first', () => {
  const { outbox } = desk();
  for (let index = 0; index < 20; index += 1) outbox.add(text(`${index}`));
  assert.deepEqual(outbox.take(16).map((item) => item.body.text), Array.from({ length: 16 }, (_, index) => `${index}`));
  assert.deepEqual(outbox.take(16), []);
  outbox.acked({ clientID: outbox.pending()[0].clientID, seq: 1 });
  assert.equal(outbox.take(16)[0].body.text, '16');
});

test('acknowledged it leaves the store, and stays in view until its event is seen', () => {
  const { store, outbox } = desk();
  const { clientID } = outbox.add(text('a'));
  outbox.take(16);
  outbox.acked({ clientID, seq: 4 });
  assert.deepEqual(store.keys('switchboard.outbox'), []);
  assert.equal(outbox.get(clientID).state, 'sent');
  outbox.settled(null, 3);
  assert.equal(outbox.pending().length, 1);
  outbox.settled(null, 4);
  assert.equal(outbox.pending().length, 0);
});

test('a refusal for good is kept with its reason over a reload, until retried or discarded', () => {
  const { store, outbox, clock } = desk();
  const { clientID } = outbox.add(text('a'));
  outbox.take(16);
  outbox.nacked({ clientID, code: 'text_too_long', final: true });
  const after = desk({ store, clock }).outbox;
  assert.deepEqual([after.get(clientID).state, after.get(clientID).reason], ['failed', 'text_too_long']);
  assert.deepEqual(after.take(16), []);
  after.retry(clientID);
  assert.equal(after.take(16)[0].clientID, clientID);
  after.discard(clientID);
  assert.deepEqual(after.pending(), []);
  assert.deepEqual(desk({ store, clock }).outbox.pending(), []);
});

test('a refusal for now waits as long as it was told', async () => {
  const { outbox, clock } = desk();
  const { clientID } = outbox.add(text('a'));
  outbox.take(16);
  outbox.nacked({ clientID, code: 'storage_busy', final: false, retryAfterMs: 700 });
  assert.deepEqual(outbox.take(16), []);
  assert.equal(outbox.waits(), 700);
  await clock.advance(700);
  assert.equal(outbox.take(16)[0].clientID, clientID);
});

test('a used-up id is changed by a retry, and no other is', () => {
  const { outbox } = desk();
  const { clientID } = outbox.add(text('a'));
  outbox.nacked({ clientID, code: 'client_id_reused', final: true });
  outbox.retry(clientID);
  assert.notEqual(outbox.pending()[0].clientID, clientID);
  assert.equal(outbox.pending().length, 1);
});

test('another tab’s message is shown at once and sent only when its own tab seems gone', async () => {
  const { store, outbox, clock } = desk();
  const other = desk({ store, clock, tab: 'other' }).outbox;
  const { clientID } = outbox.add(text('a'));
  other.storageChanged(`switchboard.outbox.kim.${clientID}`, store.get(`switchboard.outbox.kim.${clientID}`));
  assert.equal(other.pending()[0].clientID, clientID);
  assert.deepEqual(other.take(16), []);
  await clock.advance(10_000);
  assert.equal(other.take(16).length, 1);
});

test('answered in another tab it stays in view until its event is here; discarded there it goes', () => {
  const { store, outbox, clock } = desk();
  const [sent, discarded] = [outbox.add(text('a')).clientID, outbox.add(text('b')).clientID];
  const other = desk({ store, clock, tab: 'other' }).outbox;
  outbox.take(1);
  outbox.acked({ clientID: sent, seq: 1 });
  other.storageChanged(`switchboard.outbox.kim.${sent}`, null);
  assert.equal(other.get(sent).state, 'sent');
  other.storageChanged(`switchboard.outbox.kim.${discarded}`, 'discarded');
  assert.equal(other.get(discarded), undefined);
});

test('rubbish in the store is passed over', () => {
  const store = new MemoryStore([['switchboard.outbox.kim.x', '{'], ['switchboard.outbox.kim.y', 'null'], ['switchboard.outbox.kim.z', '{"clientID":"q"}'], ['switchboard.outbox.bo.a', '{}']]);
  assert.deepEqual(desk({ store }).outbox.pending(), []);
});

test('an outbox belongs to one person: another’s is not sent', () => {
  const { store, outbox, clock } = desk();
  outbox.add(text('a'));
  const other = new Outbox({ store, scope: 'kimberly', now: clock.now, ids: new ULIDSource({ now: clock.now, fill: (bytes) => bytes }), tab: 'one' });
  assert.deepEqual(other.pending(), []);
});

test('where nothing can be kept the item says so', () => {
  const { outbox } = desk({ store: new MemoryStore() });
  assert.equal(outbox.add(text('a')).saved, false);
});
