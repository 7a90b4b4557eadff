import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dollars, exactDollars, nanoOf, parseDollars, roughDollars, sum, typedDollars } from '#/js/gateway/models/money.js';

test('amounts beyond what a float can hold keep every digit', () => {
  const nano = nanoOf('9007199254740993000000001');
  assert.equal(nano, 9_007_199_254_740_993_000_000_001n);
  assert.equal(exactDollars(nano ?? 0n, 'en'), '$9,007,199,254,740,993.000000001');
  assert.equal(sum([nano, 1n, null]), 9_007_199_254_740_993_000_000_002n);
});

test('what is no amount is none, never zero', () => {
  for (const bad of [null, undefined, '', '1.5', '1e9', 12, 'NaN', '--1', ' 1', '0x10', '1'.repeat(31)]) assert.equal(nanoOf(bad), null, String(bad));
  assert.equal(nanoOf('-5'), -5n);
});

test('dollars show cents, and small amounts as many places as tell something', () => {
  const cases = /** @type {const} */ ([
    ['0', '$0.00'], ['1234500000', '$1.23'], ['1235000000', '$1.24'], ['999999999999', '$1,000.00'], ['500000000', '$0.500'], ['12345678', '$0.0123'],
    ['5210000', '$0.00521'], ['1', '$0.000000001'], ['999', '$0.000000999'], ['-1234500000', '-$1.23'], ['-1', '-$0.000000001'],
  ]);
  for (const [nano, words] of cases) assert.equal(dollars(BigInt(nano), 'en'), words, nano);
  assert.equal(dollars(1_234_567_000_000_000n, 'zh-CN'), '$1,234,567.00');
  assert.equal(dollars(-1n, 'en', 2), '$0.00', 'nothing is not minus nothing');
  assert.match(dollars(1_234_500_000n, 'de'), /^1,23\s\$$/);
});

test('narrow columns show few digits, and never nothing for something', () => {
  const cases = /** @type {const} */ ([
    ['0', '$0.00'], ['340000', '$0.0003'], ['99999', '<$0.0001'], ['1', '<$0.0001'], ['9999999', '$0.0100'], ['10000000', '$0.01'], ['129000000', '$0.13'],
    ['1234500000', '$1.23'], ['999999999999', '$1,000.00'],
  ]);
  for (const [nano, words] of cases) assert.equal(roughDollars(BigInt(nano), 'en'), words, nano);
  assert.equal(roughDollars(340_000n, 'zh-CN'), '$0.0003');
});

test('typed dollars are read exactly or not at all', () => {
  const good = /** @type {const} */ ([['12.5', 12_500_000_000n], [' $1,200.00 ', 1_200_000_000_000n], ['0', 0n], ['0.000000001', 1n], ['US$3', 3_000_000_000n]]);
  for (const [typed, nano] of good) assert.equal(parseDollars(typed), nano, typed);
  for (const bad of ['', '.', '-1', '1,2', '1.2.3', '1e3', '0.0000000001', '12,5', 'abc', '1'.repeat(13)]) assert.equal(parseDollars(bad), null, bad);
  for (const nano of ['12500000000', '1', '0', '1200000000000']) assert.equal(String(parseDollars(typedDollars(nano))), nano);
  assert.equal(typedDollars(null), '');
});
