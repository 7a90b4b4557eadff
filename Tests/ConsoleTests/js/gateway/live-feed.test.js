import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEPT, LiveFeed, SECONDS } from '#/js/gateway/models/live-feed.js';

const NOW = 1_763_722_800_000;
const second = (at, requests = 1) => ({ t: 'second', at, requests, failures: 0, inputTokens: 0, outputTokens: 0, open: 3, firstByteP50: 120, firstByteP95: 900 });
const request = (id, at = NOW) => ({ id, at, status: 'open' });

test('seconds that were not heard are gaps, not zeros', () => {
  const feed = new LiveFeed();
  feed.hear({ t: 'hello', now: NOW, nodes: [], open: [], rates: [{ at: NOW - 3000, requests: 0 }, { at: NOW - 2000, requests: 5 }] }, NOW);
  const window = feed.window(NOW);
  assert.equal(window.length, SECONDS);
  assert.deepEqual(window.slice(-4).map((one) => one?.requests ?? null), [null, 0, 5, null]);
});

test('the window goes on while the line is down, and the loss stays to be seen', () => {
  const feed = new LiveFeed();
  feed.hear({ t: 'hello', now: NOW, open: [], rates: [] }, NOW);
  feed.hear(second(NOW, 7), NOW + 1000);
  assert.equal(feed.window(NOW + 1000).at(-1)?.requests, 7);
  const later = feed.window(NOW + 11_000);
  assert.equal(later.at(-1), null);
  assert.equal(later.at(-11)?.requests, 7);
  feed.hear(second(NOW + 11_000, 9), NOW + 12_000);
  const again = feed.window(NOW + 12_000);
  assert.deepEqual([again.at(-1)?.requests, again.at(-2), again.at(-12)?.requests], [9, null, 7]);
});

test('a server that began anew knows nothing of before: what it does not tell stays a gap, and its zeros count', () => {
  const feed = new LiveFeed();
  const zeros = (from, until) => Array.from({ length: (until - from) / 1000 }, (_, index) => ({ at: from + index * 1000, requests: 0 }));
  feed.hear({ t: 'hello', now: NOW, since: NOW - 60_000, open: [], rates: zeros(NOW - 60_000, NOW) }, NOW);
  assert.equal(feed.window(NOW).filter((one) => one === null).length, 0, 'a quiet minute is told by zeros');
  feed.hear(second(NOW, 7), NOW + 1000);
  feed.hear({ t: 'hello', now: NOW + 20_000, since: NOW + 15_000, open: [], rates: zeros(NOW + 15_000, NOW + 20_000) }, NOW + 20_000);
  const window = feed.window(NOW + 20_000);
  assert.equal(window.at(-20)?.requests, 7);
  assert.equal(window.filter((one) => one === null).length, 14);
  assert.deepEqual(window.slice(-5).map((one) => one?.requests), [0, 0, 0, 0, 0]);
});

test('a running request is shown with the node that it has now; a change after its end brings nothing back', () => {
  const feed = new LiveFeed();
  feed.hear({ t: 'open', request: request('a') }, NOW);
  feed.hear({ t: 'changed', request: { ...request('a'), node: { id: 'n', name: 'north' }, attempts: 1 } }, NOW);
  assert.deepEqual(feed.open.map(({ node }) => node?.name), ['north']);
  feed.hear({ t: 'closed', request: { ...request('a'), status: 'completed' } }, NOW);
  feed.hear({ t: 'changed', request: request('a') }, NOW);
  feed.hear({ t: 'changed', request: null }, NOW);
  assert.deepEqual([feed.open, feed.ended.length], [[], 1]);
});

test('the server’s clock counts, however wrong the one here is', () => {
  const feed = new LiveFeed();
  const wrong = NOW - 3_600_000;
  feed.hear({ t: 'hello', now: NOW, open: [], rates: [{ at: NOW - 1000, requests: 4 }] }, wrong);
  assert.equal(feed.clock(wrong + 500), NOW + 500);
  assert.equal(feed.window(wrong).at(-1)?.requests, 4);
});

test('requests run and end; thousands of them keep the list short', () => {
  const feed = new LiveFeed();
  feed.hear({ t: 'hello', now: NOW, open: [request('a')], rates: [] }, NOW);
  feed.hear({ t: 'open', request: request('b', NOW + 5) }, NOW);
  assert.deepEqual(feed.open.map(({ id }) => id), ['b', 'a']);
  feed.hear({ t: 'closed', request: { ...request('a'), status: 'completed' } }, NOW);
  assert.deepEqual(feed.open.map(({ id }) => id), ['b']);
  for (let number = 0; number < 20_000; number += 1) feed.hear({ t: 'closed', request: { ...request(`n${number}`), status: 'completed' } }, NOW);
  assert.equal(feed.ended.length, KEPT);
  assert.equal(feed.ended[0]?.id, 'n19999');
  for (let number = 0; number < 2000; number += 1) feed.hear({ t: 'open', request: request(`o${number}`) }, NOW);
  assert.ok(feed.open.length <= 500);
});

test('what the server left out is counted, and what runs is asked anew', () => {
  const feed = new LiveFeed();
  feed.hear({ t: 'open', request: request('ended unheard') }, NOW);
  feed.hear({ t: 'skipped', n: 120 }, NOW);
  assert.ok(feed.isDoubtful);
  assert.equal(feed.skipped, 120);
  feed.reconcile([request('runs')]);
  assert.deepEqual(feed.open.map(({ id }) => id), ['runs']);
  assert.ok(!feed.isDoubtful);
  feed.hear(second(NOW), NOW);
  assert.equal(feed.openCount, 3, 'the server counts all');
});

test('frames of any shape change nothing and throw nothing', () => {
  const feed = new LiveFeed();
  for (const frame of [null, undefined, 1, 'x', {}, { t: 'open' }, { t: 'closed', request: null }, { t: 'second', at: 'x' }, { t: 'hello' }, { t: 'hello', rates: [null, {}], open: 7 }, { t: 'skipped' }, { t: 'new thing' }]) feed.hear(frame, NOW);
  assert.deepEqual([feed.open, feed.ended, feed.latest], [[], [], null]);
});

test('where several instances serve, whose requests are shown and how many others there are is known, and follows', () => {
  const feed = new LiveFeed();
  feed.hear({ t: 'hello', now: NOW, open: [], rates: [] }, NOW);
  assert.deepEqual([feed.instance, feed.others], ['', 0]);
  feed.hear({ t: 'hello', now: NOW, open: [], rates: [], instance: 'lantern-1:4711', others: 1 }, NOW);
  assert.deepEqual([feed.instance, feed.others], ['lantern-1:4711', 1]);
  feed.hear({ ...second(NOW), instance: 'lantern-1:4711', others: 0 }, NOW);
  assert.equal(feed.others, 0);
});
