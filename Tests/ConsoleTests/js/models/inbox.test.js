import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Feed } from '#/js/lib/feed.js';
import { Inbox } from '#/js/models/inbox.js';

const me = 'ada';
const row = (/** @type {number} */ n, more = {}) => ({
  id: `c${n}`, shop: 'lantern', customer: { id: `k${n}`, name: null }, status: /** @type {const} */ ('open'), assignee: /** @type {string|null} */ (me), version: n, lastSeq: 1, customerMessages: 1, lastAt: 1000 - n,
  last: null, ...more,
});
const counts = (/** @type {number} */ all) => ({ mine: { conversations: all, unread: 1 }, unassigned: { conversations: 0, unread: 0 }, all: { conversations: all, unread: 1 }, resolved: { conversations: 9, unread: 0 } });

/** A small server: pages of two rows, which may fail. */
function world({ total = 5 } = {}) {
  const feed = new Feed({ now: () => 0 });
  feed.snapshot({ feed: 100, items: [] });
  /** @type {any[]} */
  const asked = [];
  const server = { failing: false };
  const api = {
    inbox: async (/** @type {any} */ wish) => {
      asked.push(wish);
      if (server.failing) throw new Error('no network');
      const from = Number(wish.cursor ?? 0);
      const items = Array.from({ length: total }, (_, n) => row(n)).slice(from, from + 2);
      return { epoch: 'e', feed: 100, items, marks: {}, next: from + 2 < total ? String(from + 2) : null };
    },
    counts: async () => counts(total),
  };
  const inbox = new Inbox({ api, feed: () => feed, me });
  return { feed, asked, server, inbox, begin: () => inbox.restart() };
}
const ids = (/** @type {Inbox} */ inbox) => inbox.rows.map(({ id }) => id);

test('pages follow each other until there is nothing more', async () => {
  const { inbox, asked, begin } = world();
  await begin();
  assert.deepEqual(ids(inbox), ['c0', 'c1']);
  await inbox.more();
  await inbox.more();
  assert.deepEqual(ids(inbox), ['c0', 'c1', 'c2', 'c3', 'c4']);
  assert.ok(inbox.isDone);
  await inbox.more();
  assert.deepEqual(asked.map(({ cursor }) => cursor), [null, '2', '4']);
});

test('a page is asked for once, however often somebody scrolls', async () => {
  const { inbox, asked, begin } = world();
  await Promise.all([begin(), inbox.more(), inbox.more()]);
  assert.equal(asked.length, 1);
});

test('a row from elsewhere that lies below the loaded pages waits for them: no gaps', async () => {
  const { inbox, feed, begin } = world();
  await begin();
  feed.put(row(4));
  assert.deepEqual(ids(inbox), ['c0', 'c1']);
});

test('what the feed brings shows at once and in its place', async () => {
  const { inbox, feed, begin } = world();
  await begin();
  feed.put(row(7, { version: 101, lastAt: 5000 }));
  assert.deepEqual(ids(inbox), ['c7', 'c0', 'c1']);
  feed.put(row(0, { version: 102, status: 'resolved' }));
  assert.deepEqual(ids(inbox), ['c7', 'c1']);
});

test('known rows show before the first page has come', () => {
  const { inbox, feed, asked } = world();
  feed.put(row(1));
  void inbox.load();
  assert.deepEqual(ids(inbox), ['c1']);
  assert.ok(inbox.isLoading);
  assert.deepEqual(asked, []);
});

test('a shop alone has numbers of its own, or none', async () => {
  const { inbox, feed, begin } = world({ total: 2 });
  await begin();
  feed.put(row(8, { shop: 'harbour', version: 101 }));
  inbox.choose('mine', 'harbour');
  assert.deepEqual(inbox.shownCounts?.mine, { conversations: 1, unread: 1 });
  feed.forget('c0');
  feed.forget('c1');
  assert.equal(inbox.shownCounts, null);
});

test('a failed page is said, kept apart from what is there, and can be tried again', async () => {
  const { inbox, server, begin } = world();
  await begin();
  server.failing = true;
  await inbox.more();
  assert.ok(inbox.failure);
  assert.deepEqual(ids(inbox), ['c0', 'c1']);
  server.failing = false;
  await inbox.more();
  assert.equal(inbox.failure, null);
  assert.equal(ids(inbox).length, 4);
});

test('counts are the server’s until every open row is known here, then they are exact at once', async () => {
  const { inbox, feed, begin } = world({ total: 2 });
  assert.equal(inbox.counts, null);
  await begin();
  feed.mark({ conversation: 'c0', read: 1, customerMessages: 1 });
  feed.mark({ conversation: 'c1', read: 1, customerMessages: 1 });
  assert.deepEqual(inbox.counts?.mine, { conversations: 2, unread: 0 });
  assert.equal(inbox.counts?.resolved.conversations, 9);
  assert.equal(inbox.badge, 0);
});

test('each shop and view has pages of its own, and a restart forgets them all', async () => {
  const { inbox, asked, begin } = world();
  await begin();
  inbox.choose('all', 'lantern');
  await inbox.load();
  inbox.choose('mine', '');
  await inbox.load();
  assert.deepEqual(asked.map(({ view, shop }) => `${view}.${shop}`), ['mine.', 'all.lantern']);
  await inbox.restart();
  assert.equal(asked.length, 3);
});
