import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '#/js/lib/http.js';
import { piecesOf } from '#/js/search/models/excerpt.js';
import { mayHeal, percentOf, restOf } from '#/js/search/models/rest.js';

const cut = (/** @type {string} */ text, /** @type {any} */ marks) => piecesOf(text, marks).map(({ text: words, marked }) => (marked ? `[${words}]` : words)).join('');

test('marks cut the excerpt, and nothing of it is lost', () => {
  assert.equal(cut('a refund for order', [[2, 8]]), 'a [refund] for order');
  assert.equal(cut('refund', [[0, 6]]), '[refund]');
  assert.equal(cut('我要退款', [[2, 4]]), '我要[退款]');
  assert.equal(cut('', [[0, 3]]), '');
  assert.equal(cut('plain', []), 'plain');
});

test('strange marks lose no words and split no character', () => {
  for (const marks of [[[8, 2]], [[-5, 3]], [[0, 99]], [[1.5, 3]], [[3, 4], [1, 2]], [[0, 4], [2, 6]], [['a', 'b']], [[NaN, 2]], [[4, 4]], [[99, 100]]]) {
    assert.equal(piecesOf('some words', /** @type {any} */ (marks)).map(({ text }) => text).join(''), 'some words', JSON.stringify(marks));
  }
  assert.equal(cut('a🏮b', [[2, 3]]), 'a🏮b');
  assert.equal(cut('a🏮b', [[1, 2]]), 'a[🏮]b');
  assert.equal(cut('some words', [[3, 6], [0, 2]]), '[so]m[e w]ords');
});

test('what stands under the hits says how it is', () => {
  const found = { state: /** @type {const} */ ('found'), hits: [/** @type {any} */ ({})], next: /** @type {string|null} */ (null), isDry: false, isMore: false, problem: null };
  const rest = (/** @type {any} */ more, network = true) => restOf({ ...found, ...more }, { network });
  assert.equal(rest({}), 'none');
  assert.equal(rest({ hits: [] }), 'nothing');
  assert.equal(rest({ next: 'c' }), 'more');
  assert.equal(rest({ next: 'c', isDry: true }), 'further');
  assert.equal(rest({ next: 'c', isDry: true, hits: [] }), 'nothingYet');
  assert.equal(rest({ next: 'c', isDry: true, isMore: true }), 'more');
  assert.equal(rest({ next: 'c', problem: new Error('x') }), 'moreFailed');
  assert.equal(rest({ state: 'looking', hits: [] }), 'loading');
  assert.equal(rest({ state: 'failed', hits: [] }), 'failed');
  assert.equal(rest({ state: 'failed', hits: [] }, false), 'offline');
  assert.equal(rest({ state: 'empty' }), 'empty');
  assert.equal(rest({ state: 'unfit' }), 'unfit');
});

test('the share of the index is rounded down and never claims to be whole', () => {
  assert.deepEqual([[120, 5000], [63, 100], [999, 1000], [5, 5], [0, 0], [7, 0]].map(([done = 0, of = 0]) => percentOf({ done, of })), [2, 63, 99, 99, 0, 0]);
});

test('only what may pass by itself is tried again by itself', () => {
  assert.ok(mayHeal(new Problem({ status: 0, code: 'unreachable' })));
  assert.ok(!mayHeal(new Problem({ status: 403, code: 'x' })));
  assert.ok(!mayHeal(null));
});
