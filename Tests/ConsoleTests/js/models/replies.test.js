import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreseen, overtaken, staleReply } from '#/js/models/replies.js';

const event = (/** @type {number} */ seq, /** @type {string} */ kind, /** @type {'member'|'customer'} */ type, /** @type {string} */ id) => ({ seq, id: `e${seq}`, kind, at: seq, by: { type, id, name: id }, body: { text: 'x' } });
const item = (more = {}) => ({ clientID: 'i', conversation: 'c', kind: 'text', body: {}, createdAt: 0, tab: 't', state: /** @type {'queued'|'failed'} */ ('queued'), saved: true, tries: 0, ...more });
const row = { id: 'c', shop: 's', customer: { id: 'k', name: null }, status: /** @type {const} */ ('open'), assignee: 'bo', version: 1, lastSeq: 1, customerMessages: 1, lastAt: 1, last: null };

test('only another member’s words hold a reply back', () => {
  const events = [event(4, 'message', 'member', 'bo'), event(5, 'message', 'customer', 'kim'), event(6, 'assigned', 'member', 'bo'), event(7, 'message', 'member', 'ada'), event(8, 'note', 'member', 'bo')];
  assert.deepEqual(overtaken(events, 'ada').map(({ seq }) => seq), [4, 8]);
  assert.deepEqual(overtaken(events, 'ada', 4).map(({ seq }) => seq), [8]);
});

test('the reply that waits for a decision is found among the others', () => {
  assert.equal(staleReply([item(), item({ clientID: 'j', state: 'failed', reason: 'stale' })])?.clientID, 'j');
  assert.equal(staleReply([item({ state: 'failed', reason: 'not_found' })]), undefined);
});

test('acts on their way are already seen, refused ones are not', () => {
  assert.deepEqual(foreseen(row, [item({ kind: 'assign', body: { member: 'ada' } }), item({ kind: 'resolve' })]), { assignee: 'ada', status: 'resolved' });
  assert.deepEqual(foreseen(row, [item({ kind: 'assign', body: { member: null } })]), { assignee: null, status: 'open' });
  assert.deepEqual(foreseen(row, [item({ kind: 'resolve', state: 'failed' })]), { assignee: 'bo', status: 'open' });
});
