import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '#/js/lib/http.js';
import { PAUSE, Search, tidy } from '#/js/search/models/search.js';
import { ManualClock } from '../world/clock.js';

const hit = (/** @type {number} */ seq, more = {}) => ({ row: { id: 'c1' }, kind: 'message', seq, at: 1, by: null, excerpt: { text: 'x', marks: [] }, ...more });
const page = (/** @type {any[]} */ items, next = null, building = null) => ({ epoch: 'e', feed: 1, items, marks: {}, next, building });

/** A server that answers when it is told to. */
function world() {
  const clock = new ManualClock();
  /** @type {any[]} */ const asked = [];
  const find = (wish, signal) => new Promise((answer, refuse) => asked.push({ ...wish, signal, answer, refuse }));
  const search = new Search({ find, clock });
  const said = [];
  search.on('asked', () => said.push(search.q));
  return { clock, asked, search, said, words: () => asked.map(({ q }) => q) };
}
const settle = () => new Promise((done) => setImmediate(done));
const seqs = (search) => search.hits.map(({ seq }) => seq);

test('words are asked for when somebody pauses, once, tidied', async () => {
  const { clock, search, words, said } = world();
  for (const typed of ['r', 're', ' refund   8812 ']) {
    search.type(typed);
    await clock.advance(PAUSE - 1);
  }
  assert.deepEqual(words(), []);
  await clock.advance(1);
  assert.deepEqual(words(), ['refund 8812']);
  assert.deepEqual(said, ['refund 8812']);
  search.type('refund 8812 ');
  await clock.advance(PAUSE);
  assert.deepEqual(words(), ['refund 8812'], 'the same words are not asked for again');
});

test('what happens elsewhere does not swallow what is being typed', async () => {
  const { asked, search, clock } = world();
  search.type('refund');
  search.choose({ shop: '' });
  await clock.advance(PAUSE);
  assert.deepEqual(asked.map(({ q, shop }) => `${q}.${shop}`), ['refund.']);
  search.type('refunded');
  search.choose({ shop: 's' });
  await clock.advance(PAUSE);
  assert.deepEqual(asked.map(({ q, shop }) => `${q}.${shop}`), ['refund.', 'refund.s', 'refunded.s']);
  search.type('ref');
  search.choose({ q: 'elsewhere' });
  search.type('elsewhere ');
  search.type('');
  await clock.advance(PAUSE * 2);
  assert.deepEqual(asked.map(({ q }) => q).slice(3), ['elsewhere'], 'other words, or none, end it');
});

test('Enter asks at once, and again for the same words', async () => {
  const { clock, search, words } = world();
  search.type('refu');
  search.now('refund');
  assert.deepEqual(words(), ['refund']);
  await clock.advance(PAUSE * 2);
  assert.deepEqual(words(), ['refund'], 'the pause that was running is over');
  search.now('refund');
  assert.deepEqual(words(), ['refund', 'refund']);
});

test('the newest words win: older requests are given up, and their late answers and failures dropped', async () => {
  const { asked, search } = world();
  search.choose({ q: 'old' });
  search.choose({ q: 'new' });
  assert.ok(asked[0].signal.aborted && !asked[1].signal.aborted);
  asked[1].answer(page([hit(2)]));
  await settle();
  asked[0].answer(page([hit(1)]));
  await settle();
  assert.deepEqual(seqs(search), [2]);
  search.choose({ q: 'newer' });
  search.choose({ q: 'newest' });
  asked[2].refuse(new Error('late'));
  await settle();
  assert.equal(search.problem, null);
  assert.deepEqual(seqs(search), [2]);
});

test('what was found stays, marked as older, until the answer to other words is there', async () => {
  const { asked, search } = world();
  search.choose({ q: 'a' });
  assert.equal(search.state, 'looking');
  asked[0].answer(page([hit(1)], 'c'));
  await settle();
  search.choose({ q: 'ab' });
  assert.deepEqual([search.state, search.isStale, search.hits.length], ['found', true, 1]);
  void search.more();
  assert.equal(asked.length, 2, 'there is no next page of older words');
  asked[1].answer(page([]));
  await settle();
  assert.deepEqual([search.state, search.isStale, search.hits.length], ['found', false, 0]);
});

test('pages follow each other; a hit that comes twice is shown once', async () => {
  const { asked, search } = world();
  search.choose({ q: 'a' });
  asked[0].answer(page([hit(3), hit(3), hit(2)], 'two'));
  await settle();
  void search.more();
  void search.more();
  assert.deepEqual(asked.map(({ cursor }) => cursor), [null, 'two']);
  assert.ok(search.isMore);
  asked[1].answer(page([hit(2), hit(1)]));
  await settle();
  assert.deepEqual(seqs(search), [3, 2, 1]);
  await search.more();
  assert.equal(asked.length, 2);
});

test('a page without anything is dry, and one with something is not', async () => {
  const { asked, search } = world();
  search.choose({ q: 'a' });
  asked[0].answer(page([], 'two', { done: 1, of: 4 }));
  await settle();
  assert.deepEqual([search.isDry, search.next, search.building], [true, 'two', { done: 1, of: 4 }]);
  void search.more();
  asked[1].answer(page([hit(1)], 'three'));
  await settle();
  assert.deepEqual([search.isDry, search.next, search.building], [false, 'three', null]);
});

test('a first page that fails is said alone, a further one beside what is there; both can be tried again', async () => {
  const { asked, search } = world();
  search.choose({ q: 'a' });
  asked[0].refuse(new Problem({ status: 0, code: 'unreachable' }));
  await settle();
  assert.deepEqual([search.state, search.problem?.code], ['failed', 'unreachable']);
  search.again();
  assert.deepEqual([search.state, search.problem], ['looking', null]);
  asked[1].answer(page([hit(1)], 'two'));
  await settle();
  void search.more();
  asked[2].refuse(new Problem({ status: 503, code: 'x' }));
  await settle();
  assert.deepEqual([search.state, seqs(search), search.problem?.status, search.isMore], ['found', [1], 503, false]);
  search.again();
  assert.deepEqual([asked[3].cursor, search.problem], ['two', null]);
});

test('nothing to look for is no request; the server may say the same of words', async () => {
  const { asked, search, clock } = world();
  search.choose({ q: '?! …' });
  assert.equal(search.state, 'unfit');
  search.type('   ');
  assert.equal(search.state, 'empty');
  await clock.advance(PAUSE);
  assert.equal(asked.length, 0);
  search.choose({ q: '退' });
  asked[0].refuse(new Problem({ status: 422, code: 'desk.field_invalid' }));
  await settle();
  assert.equal(search.state, 'unfit');
});

test('an emptied field is empty at once, and gives up what was asked', async () => {
  const { asked, search, said } = world();
  search.choose({ q: 'a' });
  search.type('');
  assert.ok(asked[0].signal.aborted);
  asked[0].answer(page([hit(1)]));
  await settle();
  assert.deepEqual([search.state, search.hits.length], ['empty', 0]);
  assert.deepEqual(said, ['a', '']);
});

test('another shop asks anew with the same words', () => {
  const { asked, search } = world();
  search.choose({ q: 'a' });
  search.choose({ shop: 's' });
  search.choose({ q: 'a', shop: 's' });
  assert.deepEqual(asked.map(({ q, shop }) => `${q}.${shop}`), ['a.', 'a.s']);
});

test('words are tidied like the server does, and never longer than it takes', () => {
  assert.equal(tidy('  a \n\t b  '), 'a b');
  assert.equal(tidy('x'.repeat(500)).length, 200);
});
