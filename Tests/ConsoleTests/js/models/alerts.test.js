import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Alerts } from '#/js/models/alerts.js';

const row = (more = {}) => ({
  id: 'c1', shop: 's', customer: { id: 'kim', name: null }, status: /** @type {const} */ ('open'), assignee: /** @type {string|null} */ (null), version: 1, lastSeq: 1, customerMessages: 1, lastAt: 1,
  last: { kind: 'message', by: /** @type {'customer'|'member'} */ ('customer'), text: 'hi' }, ...more,
});

test('what was there before is not news, what comes after is, once', () => {
  const alerts = new Alerts({ me: 'ada' });
  alerts.learn([row()]);
  assert.deepEqual(alerts.news([row()], { watching: null }), []);
  assert.equal(alerts.news([row({ customerMessages: 2 })], { watching: null }).length, 1);
  assert.deepEqual(alerts.news([row({ customerMessages: 2, version: 9 })], { watching: null }), []);
});

test('nobody is called for what another member answers, or for what they are looking at', () => {
  const alerts = new Alerts({ me: 'ada' });
  assert.deepEqual(alerts.news([row({ assignee: 'bo' })], { watching: null }), []);
  assert.deepEqual(alerts.news([row({ customerMessages: 2 })], { watching: 'c1' }), []);
  assert.equal(alerts.news([row({ customerMessages: 3, assignee: 'ada' })], { watching: 'c2' }).length, 1);
});

test('an answer of the staff is no call', () => {
  const alerts = new Alerts({ me: 'ada' });
  assert.deepEqual(alerts.news([row({ last: { kind: 'message', by: 'member', text: 'x' } })], { watching: null }), []);
});
