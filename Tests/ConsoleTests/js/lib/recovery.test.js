import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HTTP } from '#/js/lib/http.js';
import { ManualClock } from '../world/clock.js';
import { World, ada, kim } from '../world/world.js';

// --- connections that died without a word ---

// A router forgot all lines: the socket and the browser's six kept connections. New ones would work.
async function forgotten(who = kim) {
  const world = new World();
  const client = await world.started(who);
  for (const session of world.server.sessions) session.send = () => {};
  for (const wire of world.network.sockets) wire.deaf = true;
  world.network.faults.dead = 6;
  return { world, client };
}

test('when all connections died silently, whoever writes is through again within fifteen seconds of noticing', async () => {
  const { world, client } = await forgotten();
  const states = [];
  client.on('state', (state) => states.push(state));
  const item = client.send(null, 'text', { text: 'hello?' });
  assert.ok(await world.until(() => client.state !== 'online', 9000), 'noticed');
  assert.equal(client.outbox.get(item.clientID)?.state, 'queued', 'it is said honestly to wait');
  assert.ok(await world.until(() => client.state === 'online' && client.outbox.pending().length === 0, 16_000), states.join());
  assert.equal(client.log(null).events.length, 1);
  world.stop();
});

test('a few dead connections cost a few seconds', async () => {
  const { world, client } = await forgotten();
  world.network.faults.dead = 2;
  client.connection.wake();
  await world.clock.advance(3500);
  assert.notEqual(client.state, 'online');
  assert.ok(await world.until(() => client.state === 'online', 5500));
  world.stop();
});

test('a browser that says that the network is back does not wait for what was asked before', async () => {
  for (const who of [kim, ada]) {
    const world = new World();
    const client = await world.started(who);
    world.network.faults.silent = true;
    client.connection.wake();
    await world.clock.advance(60_000);
    assert.equal(client.state, 'offline', 'and it says so');
    world.network.faults.silent = false;
    for (const wire of world.network.sockets) wire.deaf = true;
    client.connection.wake();
    assert.ok(await world.until(() => client.state === 'online', 1000));
    world.stop();
  }
});

test('without any sign from the browser it is through within fifteen seconds after the network is back', async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const world = new World(seed);
    const client = await world.started(kim);
    world.network.faults.silent = true;
    client.connection.wake();
    await world.clock.advance(20_000 + 3000 * seed);
    world.network.faults.silent = false;
    assert.ok(await world.until(() => client.state === 'online', 15_000), `seed ${seed}`);
    world.stop();
  }
});

test('a page that wakes again and again does not break off a try that has just begun', async () => {
  const world = new World();
  world.network.faults.delay = 400;
  const client = await world.started(kim);
  world.server.kill();
  world.server.revive();
  for (let step = 0; step < 30 && client.state !== 'online'; step += 1) {
    client.connection.wake();
    await world.clock.advance(300);
  }
  assert.equal(client.state, 'online');
  world.stop();
});

test('where only requests pass, a poll on a dead connection is given up when the page wakes', async () => {
  const world = new World();
  world.network.faults.socketsFail = true;
  const client = await world.started(kim);
  assert.ok(await world.until(() => client.state === 'polling', 10_000));
  world.network.faults.silent = true;
  await world.clock.advance(5000);
  world.network.faults.silent = false;
  client.connection.wake();
  const item = client.send(null, 'text', { text: 'through' });
  assert.ok(await world.until(() => client.outbox.get(item.clientID) === undefined, 5000));
  world.stop();
});

// --- one request ---

function hanging(answers) {
  const asked = [];
  const fetch = (path, { signal }) => new Promise((done, fail) => {
    const turn = asked.push({ path, signal });
    if (signal.aborted) return fail(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', () => fail(new DOMException('aborted', 'AbortError')));
    answers(turn, done, fail);
  });
  return { asked, fetch };
}

test('what does not answer is asked again beside it, each time after a longer while; the first answer counts and ends the others', async () => {
  const clock = new ManualClock();
  const { asked, fetch } = hanging((turn, done) => turn === 3 && done(Response.json({ turn })));
  const answer = new HTTP({ fetch, clock }).post('/x', undefined, { again: 2000, wait: 10_000 });
  await clock.advance(1999);
  assert.equal(asked.length, 1);
  await clock.advance(1);
  assert.equal(asked.length, 2);
  await clock.advance(3000);
  assert.deepEqual(await answer, { turn: 3 });
  assert.deepEqual(asked.map(({ signal }) => signal.aborted), [true, true, false]);
  await clock.advance(60_000);
  assert.equal(asked.length, 3);
  assert.equal(clock.pending, 0);
});

test('a refusal ends all tries; so do the time and the one who asked', async () => {
  const clock = new ManualClock();
  const refused = hanging((turn, done) => turn === 2 && done(Response.json({ code: 'people.signed_out' }, { status: 401 })));
  const first = assert.rejects(new HTTP({ fetch: refused.fetch, clock }).get('/x', { again: 1000 }), { status: 401 });
  await clock.advance(1500);
  await first;
  const never = hanging(() => {});
  const second = assert.rejects(new HTTP({ fetch: never.fetch, clock }).get('/x', { again: 1000, wait: 4000 }), { status: 0 });
  await clock.advance(4000);
  await second;
  const stop = new AbortController();
  const third = assert.rejects(new HTTP({ fetch: never.fetch, clock }).get('/x', { again: 1000, signal: stop.signal }), { status: 0 });
  stop.abort();
  await third;
  assert.equal(clock.pending, 0);
});
