import assert from 'node:assert/strict';
import { test } from 'node:test';
import { I18n } from '#/js/lib/i18n.js';
import { MemoryStore } from '#/js/lib/storage.js';
import { browserOf } from '#/js/models/agents.js';
import { connectionReport } from '#/js/models/connection-words.js';
import { Customers } from '#/js/models/customers.js';
import { parseOrigins } from '#/js/models/origins.js';
import { Preferences } from '#/js/models/preferences.js';
import { PAGE, atEnd, newest, wantsOlder } from '#/js/models/scroll.js';
import { Resolution } from '#/js/models/resolution.js';
import { tabTitle } from '#/js/models/titles.js';
import { UnreadLine } from '#/js/models/unread-line.js';

test('the tab says how much waits', () => {
  assert.equal(tabTitle(0), 'Switchboard');
  assert.equal(tabTitle(3), '(3) Switchboard');
  assert.equal(tabTitle(120, 'Inbox'), '(99+) Inbox · Switchboard');
});

test('allowed sites are understood as people paste them', () => {
  assert.deepEqual(parseOrigins(' https://shop.example/cart?x=1 shop.example\nhttp://localhost:3000，https://店铺.example:8443 '), {
    origins: ['https://shop.example', 'http://localhost:3000', 'https://xn--7st1jl5c.example:8443'].map((one) => (one.includes('xn--') ? new URL('https://店铺.example:8443').origin : one)), bad: [],
  });
  for (const bad of ['javascript:alert(1)', 'ftp://a.example', 'https://', 'nodots', 'https://user:pw@a.example', '*']) assert.deepEqual(parseOrigins(bad), { origins: [], bad: [bad] });
  assert.deepEqual(parseOrigins(' \n '), { origins: [], bad: [] });
});

test('a browser is named as people know it', () => {
  assert.deepEqual(browserOf('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/129.0 Safari/537.36 Edg/129.0'), { browser: 'Edge', system: 'Windows' });
  assert.deepEqual(browserOf('Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1'), { browser: 'Safari', system: 'iOS' });
  assert.equal(browserOf('curl/8.0'), null);
});

test('choices of a browser are kept, nonsense in the storage is ignored', () => {
  const store = new MemoryStore([['switchboard.preference.theme', 'purple'], ['switchboard.preference.language', 'fr']]);
  const preferences = new Preferences(store);
  assert.equal(preferences.theme, 'system');
  assert.equal(preferences.language, null);
  let told = '';
  preferences.on('change', (name) => (told = name));
  preferences.theme = 'dark';
  assert.equal(new Preferences(store).theme, 'dark');
  assert.equal(told, 'theme');
  preferences.theme = 'system';
  assert.equal(store.get('switchboard.preference.theme'), null);
});

test('the connection is spoken of honestly', () => {
  assert.equal(connectionReport('online').words, 'Live');
  assert.equal(connectionReport('online').hint, null);
  const waiting = connectionReport('offline', { retryAt: 12_400, now: 0 });
  assert.equal(waiting.words, 'Reconnecting in 13 s');
  assert.match(waiting.hint ?? '', /kept/);
  assert.equal(connectionReport('offline', { retryAt: null }).words, 'Connecting');
  assert.equal(connectionReport('connecting', { network: false }).words, 'Offline');
  assert.equal(connectionReport('signed-out').live, false);
  assert.equal(connectionReport('polling').live, true);
});

test('customers are learnt from conversations that pass, from nothing else', () => {
  const customers = new Customers();
  const kim = { id: 'kim', name: null, email: null, createdAt: 1, lastSeenAt: 5, page: null };
  customers.learn('/api/conversations/c1', { customer: kim });
  customers.learn('/api/conversations/c1/events?before=3', { customer: { ...kim, id: 'other' } });
  customers.learn('/api/conversations/c2', null);
  customers.seen('kim', 9);
  assert.equal(customers.get('kim')?.lastSeenAt, 9);
  assert.equal(customers.get('other'), undefined);
});

test('the "new" line stands where one stopped reading', () => {
  assert.equal(new UnreadLine({ read: 40, unread: 0 }).after, null);
  const line = new UnreadLine({ read: 40, unread: 2 });
  assert.equal(line.after, 40);
  line.answered();
  assert.equal(line.after, null);
  line.lookedAway(45);
  line.lookedAway(46);
  line.lookedBack(48);
  assert.equal(line.after, 45);
  line.answered();
  line.lookedAway(48);
  line.lookedBack(48);
  assert.equal(line.after, null);
});

test('a log follows its end only while one is there, and asks for older pages near its top', () => {
  assert.ok(atEnd({ scrollTop: 960, clientHeight: 500, scrollHeight: 1500 }));
  assert.ok(!atEnd({ scrollTop: 900, clientHeight: 500, scrollHeight: 1500 }));
  assert.ok(wantsOlder({ scrollTop: 100 }, true) && !wantsOlder({ scrollTop: 100 }, false) && !wantsOlder({ scrollTop: 5000 }, true));
  assert.equal(newest(Array.from({ length: 1000 }), PAGE).length, PAGE);
  assert.deepEqual(newest([1, 2], PAGE), [1, 2]);
});

test('a resolution holds until the conversation is open again, and is not given up before it has arrived', () => {
  const row = (status) => ({ status });
  const act = (kind, state = 'sending') => ({ kind, state });
  const resolution = new Resolution();
  assert.ok(!resolution.isUndone(row('open'), [act('resolve')]), 'on its way');
  assert.ok(!resolution.isUndone(row('open'), []), 'acknowledged, the row is still to come');
  assert.ok(!resolution.isUndone(row('resolved'), []));
  assert.ok(!resolution.isUndone(row('resolved'), [act('reopen', 'failed')]));
  assert.ok(resolution.isUndone(row('resolved'), [act('reopen')]), 'undone here');
  assert.ok(resolution.isUndone(row('open'), []), 'undone by anybody');
  assert.ok(new Resolution().isUndone(undefined, []), 'no longer for this member');
});

test('dates and numbers are written as in the reader’s region, in the language of the page', () => {
  const at = Date.UTC(2026, 10, 21, 9, 41);
  const written = (/** @type {'en'|'zh'} */ language, /** @type {string[]} */ ...preferred) => new I18n({}, { language, preferred, timeZone: 'UTC' });
  assert.equal(written('en', 'en-GB', 'en').date(at), '21 Nov 2026');
  assert.equal(written('en', 'zh-CN', 'en-US').date(at), 'Nov 21, 2026');
  assert.equal(written('en', 'de-DE').locale, 'en');
  assert.equal(written('zh', 'en-GB', 'zh-TW').locale, 'zh-TW');
  assert.equal(written('zh', 'en-GB').locale, 'zh-CN');
  assert.equal(written('en', 'en', 'en-IN').number(1234567), '12,34,567');
  assert.equal(written('en', 'en-not_a_tag!').locale, 'en');
  assert.equal(written('zh', 'zh-TW-u-ca-roc').dayKey(at), '2026-11-21', 'a key is no text for people');
});
