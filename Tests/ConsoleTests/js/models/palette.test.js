import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findChoices, score } from '#/js/models/palette.js';

const choices = ['Kim Larsen', 'Inbox · Mine', 'Shops · Lantern', 'Amélie Fournier', '林小雨'].map((label) => ({ label }));
const labels = (/** @type {string} */ query) => findChoices(query, choices).map(({ label }) => label);

test('the start of a name counts more than its middle', () => {
  assert.ok(score('lar', 'Larsen') > score('lar', 'Kim Larsen'));
  assert.ok(score('lar', 'Kim Larsen') > score('ars', 'Kim Larsen'));
});

test('words may come in any order, accents and case do not matter', () => {
  assert.deepEqual(labels('larsen KIM'), ['Kim Larsen']);
  assert.deepEqual(labels('amelie'), ['Amélie Fournier']);
  assert.deepEqual(labels('小雨'), ['林小雨']);
});

test('letters in order find a place, strangers do not', () => {
  assert.ok(labels('ibm').includes('Inbox · Mine'));
  assert.deepEqual(labels('zzz'), []);
});

test('nothing typed keeps the order', () => {
  assert.deepEqual(labels('  '), choices.map(({ label }) => label));
});

test('what is not shown, like an e-mail, can be found, too', () => {
  assert.equal(findChoices('kim@', [{ label: 'Visitor 7F3K', also: 'kim@example.com' }]).length, 1);
});
