import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strengthOf } from '#/js/models/password.js';

const hint = (/** @type {string} */ password, email = '') => strengthOf(password, email).hint;

test('what the server will refuse is said before it is sent', () => {
  assert.equal(hint(''), 'empty');
  assert.equal(hint('short'), 'short');
  assert.equal(hint('x'.repeat(201)), 'long');
  assert.equal(hint('Ada@Lantern.example', ' ada@lantern.example '), 'email');
});

test('repetition and runs are no strength', () => {
  for (const weak of ['aaaaaaaaaaaa', 'abababababab', '1234567890', 'abcdefghijkl', '0987654321']) assert.equal(hint(weak), 'repeats', weak);
});

test('a few words are strong, also Chinese ones', () => {
  assert.equal(strengthOf('correct horse battery').level, 4);
  assert.ok(strengthOf('灯塔很亮海风很大今天').level >= 2);
  assert.equal(strengthOf('kettle47bl').level, 2);
});

test('characters are counted, not code units', () => {
  assert.equal(hint('🙂🙃😀😁😂'), 'short');
});
