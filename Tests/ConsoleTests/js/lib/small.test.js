import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '#/js/lib/backoff.js';
import { contrast, inkOn, readable } from '#/js/lib/colour.js';
import { ComposerKeys } from '#/js/lib/composerKeys.js';
import { escape, html, linkify, safeURL } from '#/js/lib/html.js';
import { I18n, catalogue, chooseLanguage } from '#/js/lib/i18n.js';
import { missing } from '#/js/lib/i18n-missing.js';
import { customerRoutes, staffRoutes, syncQuery } from '#/js/lib/routes.js';
import { Drafts, MemoryStore, browserStore } from '#/js/lib/storage.js';
import { ULIDSource, isULID, timeOf } from '#/js/lib/ulid.js';
import { seeded } from '../world/clock.js';

const zeros = (bytes) => bytes.fill(0);
const ones = (bytes) => bytes.fill(255);

test('a ULID says when it was made', () => {
  const ulid = new ULIDSource({ now: () => 1_763_722_800_123, fill: zeros }).next();
  assert.ok(isULID(ulid));
  assert.equal(timeOf(ulid), 1_763_722_800_123);
});

test('ULIDs of one source rise, also in the same millisecond, after the clock went back, and when all chance is used up', () => {
  let time = 1000;
  const ids = new ULIDSource({ now: () => time, fill: ones });
  const made = [ids.next(), ids.next()];
  time = 10;
  made.push(ids.next(), ids.next('01ZZZZZZZZZZZZZZZZZZZZZZZZ'));
  assert.deepEqual([...made].sort(), made);
  assert.equal(new Set(made).size, 4);
  assert.ok(made.every(isULID));
});

test('what is no ULID is none', () => {
  for (const text of ['', '01', null, 7, '8ZZZZZZZZZZZZZZZZZZZZZZZZZ', '01ILOU00000000000000000000']) assert.ok(!isULID(text));
});

test('the back-off is a random wait below 0.3 s × 2ⁿ and never above 20 s', () => {
  const most = new Backoff({ random: () => 0.999999 });
  assert.deepEqual(Array.from({ length: 9 }, () => most.next()), [299, 599, 1199, 2399, 4799, 9599, 19199, 19999, 19999]);
  most.reset();
  assert.equal(most.next(), 299);
  const any = new Backoff({ random: seeded(4) });
  for (let index = 0; index < 200; index += 1) {
    const ceiling = any.ceiling;
    const wait = any.next();
    assert.ok(wait >= 0 && wait <= ceiling && wait <= 20_000);
  }
});

test('a name cannot leave its place in markup', () => {
  const name = '"><img src=x onerror=alert(1)>\'`&';
  assert.equal(html`<p title="${name}">${name}</p>`.source, `<p title="${escape(name)}">${escape(name)}</p>`);
  assert.doesNotMatch(escape(name), /[<>"'`]/);
  assert.equal(html`<ul>${['a', '<b>'].map((one) => html`<li>${one}</li>`)}</ul>`.source, '<ul><li>a</li><li>&lt;b&gt;</li></ul>');
  assert.equal(html`${null}${undefined}${false}${0}`.source, '0');
});

test('a value is refused where escaping would not help', () => {
  assert.throws(() => html`<p class=${'x'}>`);
  assert.throws(() => html`<p onclick="${'x'}">`);
  assert.throws(() => html`<p style="${'x'}">`);
  assert.throws(() => html`<script>${'x'}</script>`);
  assert.throws(() => html`<style>${'x'}</style>`);
});

test('only harmless addresses pass', () => {
  for (const bad of ['javascript:alert(1)', ' JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', '//evil.example', 'java\nscript:x', 'blob:x']) assert.equal(safeURL(bad), '#', bad);
  for (const good of ['https://a.example/x?y#z', 'http://a.example', 'mailto:a@b.example', '/inbox', '#x', '?a=b']) assert.equal(safeURL(good), good);
});

test('links are found in text, and joined again the pieces are the text', () => {
  const found = (text) => linkify(text).filter((piece) => piece.href).map((piece) => piece.text);
  assert.deepEqual(found('see https://a.example/x, please.'), ['https://a.example/x']);
  assert.deepEqual(found('看这里https://a.example/灯笼，谢谢'), ['https://a.example/']);
  assert.deepEqual(found('(https://en.example/wiki/Lamp_(oil))'), ['https://en.example/wiki/Lamp_(oil)']);
  assert.deepEqual(found('javascript:alert(1) ftp://x http:// https://'), []);
  assert.deepEqual(found('https://a.example"onmouseover="x'), ['https://a.example']);
  const random = seeded(3);
  const alphabet = ['https://', 'a.b', '/', ' ', '(', ')', '<', '"', '。', '灯', '👋', '\n', '.', '%', '@'];
  for (let round = 0; round < 500; round += 1) {
    const text = Array.from({ length: 20 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
    assert.equal(linkify(text).map((piece) => piece.text).join(''), text);
  }
});

test('Enter sends, but never while an input method composes, nor right after', () => {
  let now = 0;
  const keys = new ComposerKeys({ now: () => now });
  const enter = { key: 'Enter' };
  assert.equal(keys.meaning(enter), 'send');
  assert.equal(keys.meaning({ ...enter, shiftKey: true }), 'newline');
  assert.equal(keys.meaning({ ...enter, repeat: true }), null);
  assert.equal(keys.meaning({ ...enter, isComposing: true }), null);
  assert.equal(keys.meaning({ ...enter, keyCode: 229 }), null);
  keys.compositionStarted();
  assert.equal(keys.meaning(enter), null);
  keys.compositionEnded(); // Safari says so before the keydown of the same Enter
  assert.equal(keys.meaning(enter), null);
  assert.equal(keys.meaning({ key: 'Escape' }), null);
  now += 200;
  assert.equal(keys.meaning(enter), 'send');
  assert.equal(keys.meaning({ key: 'Escape' }), 'escape');
  assert.equal(keys.meaning({ key: 'a' }), null);
});

test('a shop’s colour always leaves its words readable', () => {
  const random = seeded(9);
  for (let round = 0; round < 3000; round += 1) {
    const colour = `#${Math.floor(random() * 0xffffff).toString(16).padStart(6, '0')}`;
    assert.ok(contrast(colour, inkOn(colour)) >= 4.5, colour);
    for (const ground of ['#ffffff', '#16181d']) assert.ok(contrast(readable(colour, ground), ground) >= 4.5, colour);
  }
  assert.equal(readable('#0b3d91', '#ffffff'), '#0b3d91', 'what is readable stays');
});

const strings = catalogue({
  hello: { en: 'Hello {name}', zh: '你好，{name}' },
  unread: { en: { one: '{count} message', other: '{count} messages' }, zh: { other: '{count} 条消息' } },
});

test('plurals and numbers are those of the language', () => {
  const [en, zh] = ['en', 'zh'].map((language) => new I18n(strings, { language, strict: true }));
  assert.equal(en.t('unread', { count: 1 }), '1 message');
  assert.equal(en.t('unread', { count: 1200 }), '1,200 messages');
  assert.equal(zh.t('unread', { count: 1 }), '1 条消息');
  assert.equal(en.t('hello', { name: '{count} <b>' }), 'Hello {count} <b>', 'what is put in is not looked at again');
});

test('a missing text or value fails loudly where it is wanted, and breaks nothing where not', () => {
  const strict = new I18n(strings, { strict: true });
  assert.throws(() => strict.t('nothing'));
  assert.throws(() => strict.t('constructor'));
  assert.throws(() => strict.t('hello'));
  assert.equal(new I18n(strings).t('nothing'), 'nothing');
  assert.deepEqual(missing({ a: { en: 'x {y}', zh: 'x' }, b: { en: '', zh: 'x' }, c: { en: 'x' } }), ['a: {y} ≠ ', 'b: en', 'c: zh']);
});

test('the language is the wish, else the browser’s, else English', () => {
  assert.equal(chooseLanguage('zh', ['en']), 'zh');
  assert.equal(chooseLanguage('auto', ['fr-FR', 'zh-TW', 'en']), 'zh');
  assert.equal(chooseLanguage(null, ['de']), 'en');
});

test('days are named as people name them, in their time zone', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  const en = new I18n(strings, { now: () => now, timeZone: 'UTC' });
  const zh = new I18n(strings, { language: 'zh', now: () => now, timeZone: 'Asia/Shanghai' });
  assert.equal(en.day(now), 'Today');
  assert.equal(en.day(now - 86_400_000), 'Yesterday');
  assert.equal(en.day(now - 3 * 86_400_000), 'Wednesday');
  assert.equal(zh.day(now), '今天');
  assert.equal(zh.dayKey(Date.parse('2026-11-20T17:00:00Z')), '2026-11-21');
  assert.equal(en.time(now), '10:00');
  assert.equal(zh.time(now), '18:00');
});

test('a store that is blocked or full still serves this tab, and says what it cannot keep', () => {
  const blocked = browserStore(() => {
    throw new Error('SecurityError');
  });
  assert.equal(blocked.persistent, false);
  assert.equal(blocked.set('a', '1'), false);
  assert.equal(blocked.get('a'), '1');
  const items = new Map();
  let isFull = false;
  const storage = { setItem: (key, value) => { if (isFull) throw new Error('full'); items.set(key, value); storage[key] = value; }, getItem: (key) => items.get(key) ?? null, removeItem: (key) => { items.delete(key); delete storage[key]; } };
  const store = browserStore(() => storage);
  assert.equal(store.set('p.a', '1'), true);
  isFull = true;
  assert.equal(store.set('p.b', '2'), false);
  assert.deepEqual(store.keys('p.').sort(), ['p.a', 'p.b']);
  store.remove('p.b');
  assert.equal(store.get('p.b'), null);
});

test('a draft is kept per conversation until it is empty', () => {
  const drafts = new Drafts(new MemoryStore(), 'ada');
  drafts.set('one', '你好 ');
  assert.equal(drafts.get('one'), '你好 ');
  assert.equal(drafts.get('two'), '');
  drafts.set('one', '  ');
  assert.equal(drafts.get('one'), '');
});

test('paths are those of the interface, and a key cannot leave its place in them', () => {
  assert.equal(staffRoutes.history('01A', 7), '/api/conversations/01A/events?before=7&limit=50');
  assert.equal(customerRoutes('a/../b').events(null), '/api/widget/a%2F..%2Fb/conversation/events');
  assert.equal(syncQuery({ epoch: 'e', feed: 3, conversations: { a: 1, b: 2 } }, 25), 'epoch=e&feed=3&conversation=a%3A1&conversation=b%3A2&wait=25');
});
