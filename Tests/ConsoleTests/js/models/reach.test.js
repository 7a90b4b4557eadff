import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchBeside } from '#/js/models/beside.js';
import { reach } from '#/js/models/reach.js';

/** A conversation of `last` events of which the newest `here` are loaded; pages of ten. */
function world({ last = 100, here = 10 } = {}) {
  const range = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: to - from + 1 }, (_, index) => ({ seq: from + index }));
  const log = { events: range(last - here + 1, last), cursor: last, before: /** @type {number|null} */ (last - here + 1) };
  const told = { pages: 0, failing: false };
  const older = async () => {
    told.pages += 1;
    if (told.failing) throw new Error('no network');
    const first = log.events[0]?.seq ?? 1;
    if (first === 1) return false;
    const from = Math.max(1, first - 10);
    log.events.unshift(...range(from, first - 1));
    log.before = from === 1 ? null : from;
    return true;
  };
  return { log, told, go: (/** @type {number} */ seq, pages = 50) => reach(seq, { log: () => log, older, pages }) };
}

test('what is here, with words before it, needs no page', async () => {
  const { go, told } = world({ here: 40 });
  assert.equal(await go(90), 'here');
  assert.equal(told.pages, 0);
});

test('older pages come until the message is here and some words before it', async () => {
  const { go, told, log } = world();
  assert.equal(await go(61), 'here');
  assert.equal(told.pages, 5);
  assert.ok((log.events[0]?.seq ?? 0) <= 49);
});

test('the first message of all is reached, and no page is asked for beyond it', async () => {
  const { go, told } = world();
  assert.equal(await go(1), 'here');
  assert.equal(told.pages, 9);
});

test('it is not loaded for ever: after so many pages one is asked, and the next time goes on', async () => {
  const { go, told } = world();
  assert.equal(await go(5, 4), 'far');
  assert.equal(told.pages, 4);
  assert.equal(await go(5, 5), 'here');
});

test('a message that is not there, and a conversation that is gone, are said', async () => {
  const { go } = world({ last: 20, here: 20 });
  assert.equal(await go(21), 'gone');
  assert.equal(await reach(3, { log: () => undefined, older: async () => true }), 'gone');
});

test('a page that fails is told to who asked; one that does not join ends it', async () => {
  const { go, told } = world();
  told.failing = true;
  await assert.rejects(go(1));
  const { log } = world();
  assert.equal(await reach(1, { log: () => log, older: async () => false }), 'far');
});

test('beside a conversation stays what it was opened from', () => {
  const search = /** @type {const} */ ({ name: 'search', q: 'refund' });
  const talk = /** @type {const} */ ({ name: 'conversation', id: '01M7YW910M96NGYA1DQ91K5GQA' });
  assert.deepEqual(searchBeside(search, undefined, null), search);
  assert.deepEqual(searchBeside(talk, undefined, search), search, 'it was opened from the search');
  assert.deepEqual(searchBeside(talk, '/inbox/search?q=refund', null), search, 'the page was loaded anew');
  assert.equal(searchBeside(talk, '/inbox', search), null, 'the history goes back to one that was opened from a list');
  assert.equal(searchBeside({ name: 'inbox', view: 'all' }, '/inbox/search?q=refund', search), null);
  for (const strange of ['javascript:alert(1)', 7, {}, '//elsewhere.example/inbox/search?q=x']) assert.equal(searchBeside(talk, strange, null), null);
});
