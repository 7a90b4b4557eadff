import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAYS, daysOf, lastTrouble, piecesOf, reportOf, telling } from '#/js/operations/models/calm.js';

const key = (ms) => new Date(ms).toISOString().slice(0, 10);
const noon = Date.parse('2026-11-21T12:00:00Z');
const end = (at, more = {}) => ({ id: 'x', at, cause: 'trap', unplanned: true, sentence: '', similar: 1, ...more });

test('thirty days, today last; what was asked for does not count', () => {
  const days = daysOf([end(noon), end(noon - 3_600_000), end(noon - 86_400_000, { unplanned: false }), end(noon - 40 * 86_400_000)], noon, key);
  assert.equal(days.length, DAYS);
  assert.deepEqual([days.at(-1)?.key, days.at(-1)?.count, days.at(-2)?.count], ['2026-11-21', 2, 0]);
  assert.equal(days.reduce((sum, { count }) => sum + count, 0), 2);
  assert.equal(new Set(days.map(({ key: day }) => day)).size, DAYS);
});

test('calm is counted from the last end that nobody wanted', () => {
  assert.equal(lastTrouble([end(9, { unplanned: false }), end(5), end(3)]), 5);
  assert.equal(lastTrouble([end(9, { unplanned: false })]), null);
});

test('quoted code in a sentence is set as code, and nothing is lost', () => {
  assert.deepEqual(piecesOf('in `read(_:)` (x:8).'), [{ text: 'in ', code: false }, { text: 'read(_:)', code: true }, { text: ' (x:8).', code: false }]);
  assert.deepEqual(piecesOf('plain'), [{ text: 'plain', code: false }]);
  assert.deepEqual(piecesOf('odd ` mark').map(({ text }) => text).join(''), 'odd  mark');
});

test('of a deep stack the innermost call and our own code are shown first', () => {
  const frame = (text, own = false) => ({ text, own, kind: 'call' });
  const frames = [frame('check'), frame('ours', true), frame('nio'), frame('nio'), frame('ours too', true)];
  assert.deepEqual(telling(frames).map(({ text }) => text), ['check', 'ours', 'ours too']);
  const foreign = Array.from({ length: 20 }, (_, index) => frame(`nio ${index}`));
  assert.equal(telling(foreign).length, 8);
});

test('a report has the verdict, what it rests on, the stack and the last records', () => {
  const report = reportOf({
    end: end(noon, { sentence: 'It stopped.' }), evidence: [{ name: 'Stage', value: '8' }], remedies: [], frames: [{ text: 'f  a:1', own: true, kind: 'call' }],
    threads: [], inFlight: [], log: [{ at: noon, level: 'info', text: 'ready' }],
  });
  assert.equal(report, 'It stopped.\n\nStage: 8\n\n  f  a:1\n\n2026-11-21T12:00:00.000Z info ready');
});
