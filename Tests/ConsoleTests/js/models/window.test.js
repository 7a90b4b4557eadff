import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROW, keepPlace, scrollTo, visibleRows } from '#/js/models/window.js';

test('of ten thousand rows only those in view and a few more are drawn', () => {
  const { from, to } = visibleRows({ top: 5000 * ROW, height: 720, count: 10_000 });
  assert.equal(from, 4994);
  assert.equal(to, 5016);
});

test('at both ends nothing is drawn that does not exist', () => {
  assert.deepEqual(visibleRows({ top: 0, height: 720, count: 3 }), { from: 0, to: 3 });
  assert.deepEqual(visibleRows({ top: 90_000, height: 720, count: 0 }), { from: 0, to: 0 });
  assert.deepEqual(visibleRows({ top: 90_000, height: 720, count: 5 }), { from: 5, to: 5 });
});

test('who has scrolled down keeps the row in view when a newer one comes in above', () => {
  const before = ['a', 'b', 'c', 'd'];
  assert.equal(keepPlace({ top: 2 * ROW + 10, before, after: ['d', 'a', 'b', 'c'] }), 3 * ROW + 10);
  assert.equal(keepPlace({ top: 2 * ROW, before, after: ['new', ...before] }), 3 * ROW);
});

test('at the very top the newest is seen', () => {
  assert.equal(keepPlace({ top: 4, before: ['a', 'b'], after: ['b', 'a'] }), 0);
});

test('when the row in view is gone, the next one holds the place', () => {
  assert.equal(keepPlace({ top: ROW, before: ['a', 'b', 'c'], after: ['a', 'c'] }), 0);
  assert.equal(keepPlace({ top: ROW, before: ['a', 'b'], after: [] }), ROW);
});

test('moving with the keys scrolls no more than needed', () => {
  assert.equal(scrollTo({ top: 0, height: 3 * ROW, index: 1 }), 0);
  assert.equal(scrollTo({ top: 0, height: 3 * ROW, index: 3 }), ROW);
  assert.equal(scrollTo({ top: 5 * ROW, height: 3 * ROW, index: 2 }), 2 * ROW);
});
