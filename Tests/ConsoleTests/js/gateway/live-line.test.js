import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveLine } from '#/js/gateway/live-line.js';
import { ManualClock, seeded } from '../world/clock.js';

/** Sockets that the test holds in its hand. */
function world({ check = async () => {} } = {}) {
  const clock = new ManualClock();
  const sockets = [];
  class Socket {
    constructor(url) {
      Object.assign(this, { url, readyState: 1, closed: false });
      sockets.push(this);
    }

    say(frame) {
      this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
    }

    close() {
      this.closed = true;
    }
  }
  const checks = [];
  const line = new LiveLine({ url: 'ws://gateway', clock, random: seeded(1), WebSocket: Socket, check: () => (checks.push(1), check()) });
  const frames = [];
  line.on('frame', (frame) => frames.push(frame.t));
  return { clock, sockets, line, frames, checks };
}

test('it is live only after the server’s hello, and hands on what is JSON', () => {
  const { line, sockets, frames } = world();
  line.start();
  assert.equal(line.state, 'connecting');
  sockets[0].say({ t: 'second' });
  for (const nonsense of ['{', '[]', 'null', '7', '']) sockets[0].say(nonsense);
  sockets[0].say({ t: 'hello' });
  sockets[0].say({ t: 'second' });
  assert.equal(line.state, 'live');
  assert.deepEqual(frames, ['hello', 'second']);
});

test('after a loss it says when it tries again, waits longer each time, and starts anew after a good line', async () => {
  const { line, sockets, clock } = world();
  line.start();
  for (let tries = 0; tries < 12; tries += 1) {
    sockets.at(-1).onclose({ code: 1006 });
    assert.equal(line.state, 'waiting');
    const wait = (line.retryAt ?? 0) - clock.now();
    assert.ok(wait >= 250 && wait <= Math.min(15_000, 500 * 2 ** tries) + 250, `${wait} ms after ${tries}`);
    await clock.advance(wait);
    assert.equal(sockets.length, tries + 2);
  }
  sockets.at(-1).say({ t: 'hello' });
  await clock.advance(5000);
  sockets.at(-1).onclose({ code: 1006 });
  assert.ok((line.retryAt ?? 0) - clock.now() <= 750);
});

test('silence is a loss', async () => {
  const { line, sockets, clock } = world();
  line.start();
  sockets[0].say({ t: 'hello' });
  await clock.advance(7000);
  sockets[0].say({ t: 'second' });
  await clock.advance(7000);
  assert.equal(line.state, 'live');
  await clock.advance(1001);
  assert.equal(line.state, 'waiting');
  assert.ok(sockets[0].closed);
  sockets[0].say({ t: 'second' });
  assert.equal(line.state, 'waiting', 'what an old line still says counts no more');
});

test('a session that ended is asked about, and there is no further try', async () => {
  const { line, sockets, clock, checks } = world();
  line.start();
  sockets[0].say({ t: 'hello' });
  sockets[0].onclose({ code: 4401 });
  assert.equal(line.state, 'ended');
  assert.equal(checks.length, 1);
  await clock.advance(60_000);
  assert.equal(sockets.length, 1);
});

test('a handshake that is refused asks who is here; a check that fails changes nothing', async () => {
  const { line, sockets, checks } = world({ check: async () => Promise.reject(new Error('offline')) });
  line.start();
  sockets[0].onclose({ code: 1006 });
  assert.equal(checks.length, 1);
  assert.equal(line.state, 'waiting');
});

test('a page that is looked at again waits no longer, and one that is left is silent', async () => {
  const { line, sockets, clock } = world();
  line.start();
  sockets[0].onclose({ code: 1006 });
  line.wake();
  assert.equal(sockets.length, 2);
  line.wake();
  assert.equal(sockets.length, 2, 'one try at a time');
  line.stop();
  assert.ok(sockets[1].closed);
  await clock.advance(60_000);
  assert.equal(sockets.length, 2);
  assert.equal(clock.pending, 0);
});
