import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeline } from '#/js/lib/timeline.js';
import { seeded } from '../world/clock.js';
import { World, ada, bo, kim } from '../world/world.js';

const texts = (client, id = null) => client.log(id).events.filter((event) => event.kind === 'message').map((event) => event.body.text);

test('a customer writes, a member sees it, answers, and both show the same', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  const member = await world.started(ada);
  assert.equal(visitor.state, 'online');
  visitor.send(null, 'text', { text: 'is the lamp in stock?' });
  await world.clock.advance(500);
  const [row] = member.feed.view('unassigned', 'ada');
  assert.equal(member.feed.unread(row.id), 1);
  await opened(world, member, row.id);
  member.send(row.id, 'text', { text: 'yes' });
  await world.clock.advance(500);
  assert.deepEqual(texts(visitor), ['is the lamp in stock?', 'yes']);
  assert.deepEqual(texts(member, row.id), texts(visitor));
  world.stop();
});

async function opened(world, client, id) {
  const opening = client.open(id);
  await world.clock.advance(500);
  return opening;
}

test('an answer reaches the customer once, with delivered and read marks for the member', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  const member = await world.started(ada);
  visitor.send(null, 'text', { text: 'hello' });
  await world.clock.advance(500);
  const id = visitor.conversation;
  const log = await opened(world, member, id);
  member.send(id, 'text', { text: 'good day' });
  await world.clock.advance(3000);
  assert.deepEqual(texts(visitor), ['hello', 'good day']);
  assert.equal(log.seenBy(2, 'customer'), 'delivered');
  visitor.read(null, 2);
  await world.clock.advance(1000);
  assert.equal(log.seenBy(2, 'customer'), 'read');
  assert.equal(visitor.outbox.pending().length, 0);
  world.stop();
});

test('typing is heard by the other side and ends with the message', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  visitor.send(null, 'text', { text: 'hello' });
  const member = await world.started(ada);
  const id = visitor.conversation;
  await opened(world, member, id);
  member.keystroke(id);
  await world.clock.advance(200);
  assert.deepEqual(visitor.typing.parties(id).map((party) => party.name), ['Ada']);
  member.send(id, 'text', { text: 'here' });
  await world.clock.advance(200);
  assert.deepEqual(visitor.typing.parties(id), []);
  member.keystroke(id);
  await world.clock.advance(6000);
  assert.deepEqual(visitor.typing.parties(id), [], 'it expires by itself');
  world.stop();
});

test('a quick writer is seen typing after each message, and says no more than that', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  visitor.send(null, 'text', { text: 'hello' });
  const member = await world.started(ada);
  const id = visitor.conversation;
  await opened(world, member, id);
  const heard = world.server.typing;
  for (const text of ['one', 'two', 'three']) {
    member.keystroke(id);
    await world.clock.advance(100);
    assert.deepEqual(visitor.typing.parties(id).map((party) => party.name), ['Ada']);
    member.send(id, 'text', { text });
    await world.clock.advance(100);
    assert.deepEqual(visitor.typing.parties(id), []);
  }
  assert.deepEqual(heard, [true, true, true], 'the message itself ends it');
  member.keystroke(id);
  member.stoppedTyping(id);
  await world.clock.advance(100);
  assert.deepEqual(heard.slice(3), [true, false], 'words that were deleted are told');
  world.stop();
});

test('what was written while the server was away is sent once when it is back, within a breath', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  visitor.send(null, 'text', { text: 'one' });
  await world.clock.advance(500);
  world.server.kill();
  await world.clock.advance(200);
  visitor.send(null, 'text', { text: 'two' });
  await world.clock.advance(1500);
  assert.notEqual(visitor.state, 'online');
  assert.equal(visitor.outbox.pending()[0].state, 'queued');
  world.server.revive();
  assert.ok(await world.until(() => texts(visitor).length === 2, 10_000));
  assert.deepEqual(texts(visitor), ['one', 'two']);
  world.stop();
});

test('a reload keeps what was not sent, and sends it with the same id', async () => {
  const world = new World();
  const before = await world.started(kim);
  world.server.kill();
  await world.clock.advance(100);
  const { clientID } = before.send(null, 'text', { text: 'kept' });
  before.stop();
  world.server.revive();
  const after = await world.started(kim, { store: before.store, tab: 'tab-0' });
  assert.ok(await world.until(() => after.log(null).events.length === 1, 5000));
  assert.equal(after.log(null).events[0].clientID, clientID);
  assert.equal(after.outbox.pending().length, 0);
  assert.deepEqual(before.store.keys('switchboard.outbox'), []);
  world.stop();
});

test('where no socket comes through it polls, and sends and receives all the same', async () => {
  const world = new World();
  world.network.faults.socketsFail = true;
  const visitor = await world.started(kim);
  assert.ok(await world.until(() => visitor.state === 'polling', 10_000));
  visitor.send(null, 'text', { text: 'by request' });
  const member = await world.started(ada);
  await world.until(() => member.state === 'polling', 10_000);
  await opened(world, member, visitor.conversation);
  member.send(visitor.conversation, 'text', { text: 'so do I' });
  assert.ok(await world.until(() => texts(visitor).length === 2, 10_000));
  world.network.heal();
  assert.ok(await world.until(() => visitor.state === 'online', 70_000), 'the socket is tried again each minute');
  world.stop();
});

test('a refused message stays in view as failed, with its reason, until the person decides', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  const item = visitor.send(null, 'text', { text: 'x'.repeat(10_001) });
  visitor.send(null, 'text', { text: 'short' });
  await world.clock.advance(500);
  assert.deepEqual(texts(visitor), ['short']);
  const [failed] = visitor.outbox.pending();
  assert.equal(failed.clientID, item.clientID);
  assert.equal(failed.state, 'failed');
  assert.equal(failed.reason, 'text_too_long');
  visitor.discard(item.clientID);
  assert.equal(visitor.outbox.pending().length, 0);
  world.stop();
});

test('an answer over an unseen reply is shown as stale and goes out only when sent again', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  visitor.send(null, 'text', { text: 'hello' });
  const first = await world.started(ada);
  const second = await world.started(bo);
  const id = visitor.conversation;
  await opened(world, first, id);
  await opened(world, second, id);
  const stale = [];
  second.on('stale', (detail) => stale.push(detail));
  first.send(id, 'text', { text: 'Ada answers' }, { basedOn: 1 });
  const item = second.send(id, 'text', { text: 'Bo answers' }, { basedOn: 1 });
  await world.clock.advance(500);
  assert.equal(stale.length, 1);
  assert.equal(stale[0].events[0].body.text, 'Ada answers');
  assert.equal(second.outbox.get(item.clientID).reason, 'stale');
  second.retry(item.clientID);
  await world.clock.advance(500);
  assert.deepEqual(texts(second, id), ['hello', 'Ada answers', 'Bo answers']);
  world.stop();
});

test('another epoch makes it start anew, and the outbox survives', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  for (const text of ['one', 'two']) visitor.send(null, 'text', { text });
  await world.clock.advance(500);
  world.server.kill();
  await world.clock.advance(100);
  visitor.send(null, 'text', { text: 'three' });
  world.server.epoch = 'epoch-2';
  const conversation = [...world.server.conversations.values()][0];
  conversation.events.pop(); // the backup was older
  conversation.pubSeq -= 1;
  world.server.revive();
  assert.ok(await world.until(() => visitor.epoch === 'epoch-2' && texts(visitor).includes('three'), 20_000));
  assert.deepEqual(texts(visitor), ['one', 'three']);
  world.stop();
});

test('two tabs of one visitor share an outbox and show each message once', async () => {
  const world = new World();
  const one = await world.started(kim);
  const other = await world.started(kim, { store: one.store });
  one.send(null, 'text', { text: 'from one' });
  other.send(null, 'text', { text: 'from the other' });
  await world.clock.advance(20_000);
  for (const tab of [one, other]) assert.deepEqual([...texts(tab)].sort(), ['from one', 'from the other']);
  assert.equal(world.server.conversations.size, 1);
  assert.deepEqual([one, other].map((tab) => tab.outbox.pending().length), [0, 0]);
  world.stop();
});

test('a closed tab’s unsent message is sent by the tab that stays', async () => {
  const world = new World();
  const stays = await world.started(kim);
  world.server.kill();
  const closes = world.client(kim, { store: stays.store, tab: 'closing' });
  const item = closes.send(null, 'text', { text: 'do not lose me' });
  closes.stop();
  stays.outbox.storageChanged(`switchboard.outbox.kim.${item.clientID}`, stays.store.get(`switchboard.outbox.kim.${item.clientID}`));
  world.server.revive();
  assert.ok(await world.until(() => stays.log(null).events.length === 1, 40_000));
  world.stop();
});

test('history pages join without a hole', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  visitor.send(null, 'text', { text: 'first' });
  await world.clock.advance(500);
  const conversation = [...world.server.conversations.values()][0];
  for (let index = 0; index < 130; index += 1) world.server.append(conversation, index % 3 ? 'message' : 'note', ada, { text: `line ${index}` });
  const fresh = await world.started(kim);
  const log = fresh.log(null);
  assert.equal(log.events.length, 50);
  while (log.before !== null) {
    const loading = fresh.loadOlder(null);
    await world.clock.advance(300);
    assert.equal(await loading, true);
  }
  assert.deepEqual(log.events.map((event) => event.seq), Array.from({ length: log.cursor }, (_, index) => index + 1));
  world.stop();
});

test('a move opens the next socket before it drops this one, without a gap in being online', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  const states = [];
  visitor.on('state', (state) => states.push(state));
  const [session] = world.server.sessions;
  session.send({ type: 'move', afterMs: 1200 });
  await world.clock.advance(3000);
  assert.ok(!world.server.sessions.has(session));
  assert.equal(world.server.sessions.size, 1);
  assert.deepEqual([...new Set(states)], ['online']);
  world.stop();
});

test('a session that ended is not knocked at again', async () => {
  const world = new World();
  const member = await world.started(ada);
  [...world.server.sessions][0].end(4403);
  await world.clock.advance(60_000);
  assert.equal(member.state, 'signed-out');
  assert.equal(world.server.sessions.size, 0);
  world.stop();
});

test('after half a minute without a word the server is asked, and without an answer the connection is lost', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  const [session] = world.server.sessions;
  session.send = () => {};
  await world.clock.advance(29_000);
  assert.equal(visitor.state, 'online');
  assert.ok(await world.until(() => !world.server.sessions.has(session) && visitor.state === 'online', 6000));
  world.stop();
});

test('a connection on which nobody speaks but the server lives stays as it is', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  const [session] = world.server.sessions;
  session.cancel(); // no more pings by itself
  await world.clock.advance(200_000);
  assert.equal(visitor.state, 'online');
  assert.deepEqual([...world.server.sessions], [session]);
  world.stop();
});

test('a tab that comes back into view notices a dead socket within three seconds', async () => {
  const world = new World();
  const visitor = await world.started(kim);
  const [session] = world.server.sessions;
  session.send = () => {};
  visitor.connection.wake();
  await world.clock.advance(4000);
  assert.equal(visitor.state, 'online');
  assert.ok(!world.server.sessions.has(session));
  world.stop();
});

// SEED=17 runs that world alone, SEEDS=1000 more of them.
const { SEED, SEEDS = 40 } = process.env;
const seeds = SEED ? [Number(SEED)] : Array.from({ length: Number(SEEDS) }, (_, index) => index + 1);
for (const seed of seeds) test(`acknowledged = stored = shown once, in order, under faults (seed ${seed})`, () => simulate(seed));

async function simulate(seed) {
  const world = new World(seed);
  const chance = seeded(seed * 7919);
  const acked = new Set();
  const visitors = [await world.started(kim)];
  visitors.push(await world.started(kim, { store: seed % 2 ? visitors[0].store : undefined }));
  const members = [await world.started(ada), await world.started(bo)];
  const all = [...visitors, ...members];
  for (const client of all) watchAcks(client, acked);
  visitors[0].send(null, 'text', { text: 'start' });
  await world.until(() => world.server.conversations.size === 1 && members[0].feed.rows.size === 1);
  const [id] = world.server.conversations.keys();
  for (const member of members) await opened(world, member, id);
  Object.assign(world.network.faults, { drop: 0.06 * chance(), duplicate: 0.3 * chance(), reorder: 0.3 * chance(), cut: 0.03 * chance(), delay: 20 + 400 * chance() });
  const wanted = await scribble(world, chance, visitors, members, id);
  world.network.heal();
  world.server.revive();
  await world.until(() => all.every((client) => client.outbox.pending().length === 0 && whole(world, client, id)), 300_000);
  assertWhole(world, all, id, wanted, acked);
  world.stop();
}

function watchAcks(client, acked) {
  const known = client.outbox.acked.bind(client.outbox);
  client.outbox.acked = (ack) => (acked.add(ack.clientID), known(ack));
}

async function scribble(world, chance, visitors, members, id) {
  const wanted = new Set();
  for (let step = 0; step < 60; step += 1) {
    const staff = chance() < 0.5;
    const client = (staff ? members : visitors)[Math.floor(chance() * 2)];
    const kind = staff && chance() < 0.2 ? 'note' : 'text';
    const copies = chance() < 0.1 ? 20 : 1;
    for (let copy = 0; copy < copies; copy += 1) wanted.add(client.send(staff ? id : null, kind, { text: `${step}.${copy} 你好 👋` }).clientID);
    if (chance() < 0.05) world.server.kill();
    if (chance() < 0.2) world.server.revive();
    if (chance() < 0.05) world.network.faults.socketsFail = !world.network.faults.socketsFail;
    if (chance() < 0.1) client.connection.wake();
    await world.clock.advance(chance() * 1500);
  }
  return wanted;
}

const logOf = (client, id) => client.log(client.isStaff ? id : null);

function whole(world, client, id) {
  const conversation = world.server.conversations.get(id);
  const log = logOf(client, id);
  return log && log.cursor === world.server.top(conversation, client.who) && (!client.isStaff || client.feed.cursor === world.server.feed.length);
}

function assertWhole(world, all, id, wanted, acked) {
  const conversation = world.server.conversations.get(id);
  const stored = conversation.events.map((event) => event.clientID).filter(Boolean);
  assert.equal(new Set(stored).size, stored.length, 'nothing is stored twice');
  for (const clientID of wanted) assert.ok(stored.includes(clientID), `nothing that was written is lost: ${clientID}`);
  for (const clientID of acked) assert.ok(stored.includes(clientID), 'what was acknowledged is stored');
  for (const client of all) {
    const log = logOf(client, id);
    const expected = world.server.visible(conversation, client.who).map((event) => event.id);
    const shown = log.events.map((event) => event.id);
    assert.deepEqual(shown, expected.slice(expected.length - shown.length), 'shown once, in order, without a hole');
    assert.equal(log.cursor, expected.length);
    assert.equal(client.outbox.pending().length, 0);
    const keys = timeline({ events: log.events, pending: [], side: client.isStaff ? 'staff' : 'customer', dayKey: String }).map((row) => row.key);
    assert.equal(new Set(keys).size, keys.length);
    if (client.isStaff) assert.deepEqual(client.feed.row(id), world.server.row(conversation), 'the row is the server’s row');
  }
}

test('a tab that missed another tab’s first message learns of it from the next ping', async () => {
  const world = new World();
  const [one, other] = [await world.started(kim), await world.started(kim)];
  const sessions = [...world.server.sessions];
  const lost = sessions[1].send;
  sessions[1].send = () => {};
  one.send(null, 'text', { text: 'first' });
  await world.clock.advance(500);
  sessions[1].send = lost;
  assert.deepEqual(texts(other), []);
  await world.clock.advance(26_000);
  assert.deepEqual(texts(other), ['first']);
  world.stop();
});
