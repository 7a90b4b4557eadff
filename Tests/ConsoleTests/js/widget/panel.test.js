import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HTTP } from '#/js/lib/http.js';
import { missing } from '#/js/lib/i18n-missing.js';
import { MemoryStore } from '#/js/lib/storage.js';
import { panelStore } from '#/widget/panel-store.js';
import { strings } from '#/widget/strings.js';
import { Talk } from '#/widget/talk.js';
import { Visitor } from '#/widget/visitor.js';
import { stripped } from '../world/stripped.js';
import { World, ada, kim } from '../world/world.js';

const assets = new URL('../../../../Sources/Console/Assets/', import.meta.url);
const read = (path) => readFileSync(new URL(path, assets), 'utf8');
const packed = (text) => gzipSync(text, { level: 6 }).length;

function reached(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, next] of stripped(read(path)).matchAll(/from '#\/([^']+)'/g)) reached(next, seen);
  return seen;
}

test('the loader is at most 5 KB and the whole panel at most 45 KB, compressed as they are sent', () => {
  assert.ok(packed(stripped(read('widget/loader.js'))) <= 5 * 1024);
  const modules = [...reached('widget/panel.js')];
  const map = JSON.stringify({ imports: Object.fromEntries(modules.map((path) => [`#/${path}`, `/assets/${path.replace('.js', '')}-0123456789abcdef.js`])) });
  const sizes = [packed(read('widget/panel.html').replace('<!--importmap-->', map)), packed(read('widget/panel.css')), ...modules.map((path) => packed(stripped(read(path))))];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total <= 45 * 1024, `${total} bytes`);
});

test('the panel asks at once for every module that it needs, and for no other', () => {
  const asked = [...read('widget/panel.html').matchAll(/modulepreload" href="\{\{asset:([^}]+)\}\}/g)].map((match) => match[1]);
  assert.deepEqual(asked.sort(), [...reached('widget/panel.js')].filter((path) => path !== 'widget/panel.js').sort());
});

test('panel and demo carry no script and no style of their own, and the scripts parse no markup', () => {
  for (const page of ['widget/panel.html', 'demo/demo.html']) {
    assert.doesNotMatch(read(page), /<style|style="|\son\w+="/);
    for (const [, body] of read(page).matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) assert.equal(body, '');
  }
  for (const file of readdirSync(new URL('widget/', assets)).filter((name) => name.endsWith('.js'))) {
    assert.doesNotMatch(stripped(read(`widget/${file}`)), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|cssText/, file);
  }
});

test('every word of the panel is there in both languages, and every word that is named exists', () => {
  assert.deepEqual(missing(strings), []);
  const source = readdirSync(new URL('widget/', assets)).filter((name) => name !== 'strings.js').map((name) => read(`widget/${name}`)).join('\n');
  const named = [...source.matchAll(/\bt\('([\w.]+)'|data-(?:t|label|hint)="([\w.]+)"/g)].map((match) => match[1] ?? match[2]);
  assert.deepEqual(named.filter((key) => !Object.hasOwn(strings, key)), []);
});

// --- who writes ---

function visitorWorld() {
  const made = [];
  let known = new Set();
  const http = new HTTP({
    fetch: async (path, { method, headers, body }) => {
      if (path.endsWith('/customers')) {
        made.push(JSON.parse(body));
        known.add(`c${made.length}`);
        return Response.json({ customer: { id: 'x' }, credential: `c${made.length}` }, { status: 201 });
      }
      const credential = (headers.authorization ?? '').replace('Visitor ', '');
      return known.has(credential) ? Response.json({ method, credential }) : Response.json({ code: 'desk.credential_unknown' }, { status: 401 });
    },
  });
  return { http, made, forgetAll: () => (known = new Set()) };
}

test('nobody is made a customer before the first word, and then only one', async () => {
  const { http, made } = visitorWorld();
  const visitor = new Visitor({ shopKey: 'lantern', http, store: new MemoryStore(), page: 'https://lantern.example/moon' });
  assert.equal(visitor.isKnown, false);
  await visitor.identify({ name: 'Kim' });
  assert.equal(made.length, 0);
  const headers = await Promise.all([visitor.credential.header(), visitor.credential.header()]);
  assert.deepEqual(headers, ['Visitor c1', 'Visitor c1']);
  assert.deepEqual(made, [{ name: 'Kim', page: 'https://lantern.example/moon' }]);
});

test('an unknown credential is thrown away and the request made with a new one', async () => {
  const { http, made, forgetAll } = visitorWorld();
  const store = new MemoryStore();
  const visitor = new Visitor({ shopKey: 'lantern', http, store });
  let authorized;
  const twin = new HTTP({ fetch: (path, options) => (authorized = options.headers.authorization, http.request('GET', path, undefined, { authorization: authorized }).then((body) => Response.json(body), (problem) => Response.json({ code: problem.code }, { status: problem.status }))), credential: visitor.credential });
  assert.equal((await twin.get('/x')).credential, 'c1');
  forgetAll();
  assert.equal((await twin.get('/x')).credential, 'c2');
  assert.equal(made.length, 2);
});

test('where the browser keeps nothing the framing page does; where it forgets, it keeps the credential as well', () => {
  const said = [];
  const bridge = { kept: { 'switchboard.visitor.k': 'old' }, say: (message) => said.push(message) };
  const blocked = { open: () => { throw new Error('blocked'); }, vendor: 'Google Inc.' };
  const kept = panelStore('k', bridge, blocked);
  assert.equal(kept.get('switchboard.visitor.k'), 'old');
  assert.ok(kept.set('switchboard.outbox.k.1', 'x'));
  assert.deepEqual(said.pop(), { type: 'keep', key: 'switchboard.outbox.k.1', value: 'x' });
  assert.equal(panelStore('k', null, blocked).persistent, false);
  const entries = {};
  const storage = { getItem: (key) => entries[key] ?? null, setItem: (key, value) => { entries[key] = value; }, removeItem: (key) => { delete entries[key]; } };
  const apple = panelStore('k', bridge, { open: () => storage, vendor: 'Apple Computer, Inc.' });
  assert.equal(apple.get('switchboard.visitor.k'), 'old');
  said.length = 0;
  apple.set('switchboard.outbox.k.1', 'x');
  assert.deepEqual(said, []);
  apple.set('switchboard.visitor.k', 'new');
  assert.deepEqual(said, [{ type: 'keep', key: 'switchboard.visitor.k', value: 'new' }]);
});

// --- what is unread ---

async function talking() {
  const world = new World();
  const member = await world.started(ada);
  const client = world.client(kim);
  const talk = new Talk({ client, visitor: { isKnown: true }, shop: { name: 'Lantern', greeting: '', colour: '', language: 'auto', available: true } });
  talk.begin();
  await world.clock.advance(1000);
  talk.send('hello');
  await world.clock.advance(500);
  const opening = member.open(client.conversation);
  await world.clock.advance(500);
  await opening;
  const answer = async (text) => {
    member.send(client.conversation, 'text', { text });
    await world.clock.advance(500);
  };
  return { world, member, client, talk, answer };
}

test('answers count as unread until they are looked at, to their end', async () => {
  const { world, talk, answer, client, member } = await talking();
  await answer('one');
  await answer('two');
  assert.equal(talk.unread, 2);
  talk.look({ isOpen: true, isAtEnd: false });
  assert.equal(talk.unread, 2, 'not seen yet');
  assert.equal(talk.newAfter, 0);
  talk.look({ isOpen: true, isAtEnd: true });
  assert.equal(talk.unread, 0);
  await world.clock.advance(1000);
  assert.equal(member.log(client.conversation).seenBy(3, 'customer'), 'read');
  talk.look({ isOpen: false, isAtEnd: true });
  await answer('three');
  assert.equal(talk.unread, 1);
  talk.look({ isOpen: true, isAtEnd: true });
  assert.equal(talk.newAfter, 3, 'the new line stands before it');
  world.stop();
});

test('the banner is silent while all is well, and says what is not', async () => {
  const { world, talk } = await talking();
  assert.equal(talk.banner, null);
  world.server.kill();
  await world.until(() => talk.banner === 'offline', 20_000);
  assert.equal(talk.banner, 'offline');
  assert.ok(talk.send('kept'));
  assert.equal(talk.pending.length, 1);
  world.server.revive();
  await world.until(() => talk.banner === null, 30_000);
  await world.clock.advance(1000);
  assert.equal(talk.pending.length, 0);
  [...world.server.sessions].forEach((session) => session.who.type === 'customer' && session.end(4410));
  await world.clock.advance(10);
  assert.equal(talk.banner, 'closed');
  assert.equal(talk.send('too late'), false);
  world.stop();
});

test('nothing is sent from blanks', async () => {
  const { world, talk } = await talking();
  assert.equal(talk.send('  \n '), false);
  assert.equal(talk.pending.length, 0);
  world.stop();
});

test('a browser that denies locks to framed pages still makes a customer', async () => {
  const { http, made } = visitorWorld();
  const locks = { request: () => Promise.reject(new DOMException('denied', 'SecurityError')) };
  const visitor = new Visitor({ shopKey: 'lantern', http, store: new MemoryStore(), locks });
  assert.equal(await visitor.credential.header(), 'Visitor c1');
  assert.equal(made.length, 1);
});
