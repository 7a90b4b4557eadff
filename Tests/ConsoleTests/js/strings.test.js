import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { I18n } from '#/js/lib/i18n.js';
import { missing } from '#/js/lib/i18n-missing.js';
import { speak, t } from '#/js/models/words.js';
import { strings as atFirst } from '#/js/strings/strings.js';
import { strings as gateway } from '#/js/gateway/strings/strings.js';
import { frame } from '#/js/gateway/strings/frame.js';
import { keys as gatewayKeys } from '#/js/gateway/strings/keys.js';
import { manage } from '#/js/gateway/strings/manage.js';
import { nodes } from '#/js/gateway/strings/nodes.js';
import { traffic } from '#/js/gateway/strings/traffic.js';
import { strings as operations } from '#/js/operations/strings.js';
import { strings as search } from '#/js/search/strings.js';
import { common } from '#/js/strings/common.js';
import { desk } from '#/js/strings/desk.js';
import { doors } from '#/js/strings/doors.js';
import { problems } from '#/js/strings/problems.js';
import { settings } from '#/js/strings/settings.js';

/** What is loaded at first, and what comes with the gateway, with operations and with the search. */
const strings = { ...atFirst, ...gateway, ...operations, ...search };

const assets = new URL('../../../Sources/Console/Assets/', import.meta.url);

test('no text is missing in either language, and both have the same holes', () => {
  assert.deepEqual(missing(strings), []);
});

test('no two files give the same text a name', () => {
  const keys = [common, doors, problems, desk, settings, frame, nodes, gatewayKeys, traffic, manage, operations, search].flatMap((part) => Object.keys(part));
  assert.equal(new Set(keys).size, keys.length);
});

test('every text that the code names exists, and every text is named', () => {
  const source = readdirSync(new URL('js/', assets), { recursive: true }).filter((path) => String(path).endsWith('.js') && !/^(lib|strings|gateway\/strings|operations\/strings|search\/strings)/.test(String(path)))
    .map((path) => readFileSync(new URL(`js/${path}`, assets), 'utf8')).join('\n');
  const named = [...source.matchAll(/\bt\('([^']+)'/g)].map((match) => match[1] ?? '');
  assert.deepEqual(named.filter((key) => !Object.hasOwn(strings, key)), []);
  const prefixes = [...source.matchAll(/`([a-zA-Z.]+\.)\$\{/g)].map((match) => match[1] ?? '');
  const unused = Object.keys(strings).filter((key) => !source.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)) && !/\.title$/.test(key));
  assert.deepEqual(unused, []);
});

test('a plural is chosen and written by the language', () => {
  const english = new I18n(strings, { language: 'en', strict: true });
  assert.equal(english.t('inbox.unread', { count: 1 }), '1 unread message');
  assert.equal(english.t('inbox.unread', { count: 1200 }), '1,200 unread messages');
});

test('the language can be changed while the page lives', () => {
  speak('zh');
  assert.equal(t('rail.inbox'), '收件箱');
  speak('en');
  assert.equal(t('rail.inbox'), 'Inbox');
});
