import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { contrast } from '#/js/models/faces.js';

const assets = new URL('../../../Sources/Console/Assets/', import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, assets), 'utf8');
const own = readdirSync(new URL('js/', assets), { recursive: true }).map(String).filter((path) => path.endsWith('.js')).map((path) => `js/${path}`);

/** @param {string} path @param {Set<string>} [seen] */
function reached(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  const code = read(path).replace(/\/\*[\s\S]*?\*\//g, '');
  for (const [, next] of code.matchAll(/(?:from|import)\s+'#\/(js\/[^']+)'/g)) reached(next ?? '', seen);
  return seen;
}

test('the page asks at once for every module that the console needs, and for no other', () => {
  const asked = [...read('index.html').matchAll(/modulepreload" href="\{\{asset:([^}]+)\}\}/g)].map((match) => match[1]);
  const needed = [...reached('js/app.js')].filter((path) => path !== 'js/app.js');
  assert.deepEqual(asked.sort(), needed.sort());
});

test('the page carries no script or style of its own: the policy forbids them', () => {
  const page = read('index.html');
  assert.doesNotMatch(page, /<style|style="|\son\w+=/);
  for (const [, body] of page.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) assert.equal(body, '');
});

test('text reaches the page only by the library: nothing else parses markup or runs words', () => {
  for (const path of own.filter((one) => !one.startsWith('js/lib/'))) {
    assert.doesNotMatch(read(path).replace(/\/\*[\s\S]*?\*\//g, ''), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\('(style|on)/, path);
  }
});

test('words are readable on every surface that they stand on, light and dark (WCAG AA)', () => {
  /** @type {Map<string, [string, string]>} */
  const tokens = new Map();
  for (const [, name, light, dark] of read('css/tokens.css').matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)) tokens.set(name ?? '', [light ?? '', dark ?? '']);
  tokens.set('on-accent', ['#ffffff', '#ffffff']);
  const surfaces = ['canvas', 'surface', 'raised', 'sunken', 'hover'];
  const pairs = [
    ...surfaces.flatMap((surface) => ['text', 'text-muted'].map((ink) => [ink, surface])), ...['canvas', 'surface', 'raised'].flatMap((surface) => ['text-faint', 'accent', 'bad', 'warn', 'good'].map((ink) => [ink, surface])),
    ['on-accent', 'accent-fill'], ['on-accent', 'accent-fill-hover'], ['on-accent', 'bad-fill'], ['accent', 'accent-soft'], ['text', 'accent-soft'], ['text-muted', 'accent-soft'], ['text', 'bad-soft'], ['text', 'warn-soft'],
    ['warn', 'warn-soft'], ['good', 'good-soft'], ['text', 'good-soft'], ['note-text', 'note'], ['on-mark', 'mark'], ['text-faint', 'sunken'], ['bad', 'bad-soft'],
  ];
  const dim = pairs.flatMap(([ink = '', surface = '']) => [0, 1].map((mode) => ({ ink, surface, mode, ratio: contrast(tokens.get(ink)?.[mode] ?? '#000000', tokens.get(surface)?.[mode] ?? '#000000') }))).filter(({ ratio }) => ratio < 4.5);
  assert.deepEqual(dim, []);
});

test('the edge of a field can be seen (3:1)', () => {
  const [, light = '', dark = ''] = read('css/tokens.css').match(/--line-strong: light-dark\((#\w+), (#\w+)\)/) ?? [];
  assert.ok(contrast(light, '#ffffff') >= 3 && contrast(dark, '#171a20') >= 3);
});

test('every rule of every style sheet lies in a declared layer', () => {
  for (const name of readdirSync(new URL('css/', assets))) {
    const outside = read(`css/${name}`).replace(/\/\*[\s\S]*?\*\//g, '').replace(/@layer (tokens|base|components) \{[\s\S]*?\n\}/g, '').replace('@layer tokens, base, components;', '');
    assert.equal(outside.trim(), '', name);
  }
});
