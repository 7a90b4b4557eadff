// The way between browser and server, with the faults that a test wants: frames and requests may be late, lost, doubled, out of order, cut.

export class Network {
  // silent: nothing gets through and nobody is told. dead: so many kept connections died silently; a request that gets one waits until it is given up.
  faults = { drop: 0, duplicate: 0, reorder: 0, cut: 0, delay: 40, socketsFail: false, requestsFail: false, silent: false, dead: 0 };
  sockets = new Set();

  constructor({ clock, server, random }) {
    Object.assign(this, { clock, server, random });
  }

  chance(name) {
    return this.random() < this.faults[name];
  }

  heal() {
    this.faults = { ...this.faults, drop: 0, duplicate: 0, reorder: 0, cut: 0, socketsFail: false, requestsFail: false, silent: false, dead: 0 };
  }

  socketClass() {
    const network = this;
    return class {
      constructor() {
        return new Wire(network);
      }
    };
  }

  // `fetch` of one signed-in somebody.
  fetchFor(who) {
    return async (path, { method, body, signal }) => {
      if (this.faults.silent) await this.givenUp(signal);
      if (this.faults.dead > 0) {
        this.faults.dead -= 1;
        await this.givenUp(signal);
      }
      await this.pause();
      if (!this.server.alive || this.faults.requestsFail || this.chance('drop')) throw new TypeError('network');
      if (new URL(path, 'http://desk').searchParams.get('wait') === '25') await new Promise((done) => this.clock.after(2000, done));
      const [status, answer] = this.server.answer(who(), method, path, body ? JSON.parse(body) : undefined);
      await this.pause();
      if (!this.server.alive || this.chance('drop')) throw new TypeError('network');
      return new Response(answer === null ? null : JSON.stringify(answer), { status });
    };
  }

  // A browser closes the connection of a request that is given up.
  givenUp(signal) {
    return new Promise((_, fail) => signal.addEventListener('abort', () => fail(new TypeError('aborted'))));
  }

  pause() {
    return new Promise((done) => this.clock.after(this.random() * this.faults.delay, done));
  }
}

class Wire {
  readyState = 0;
  lastAt = { up: 0, down: 0 };

  constructor(network) {
    this.network = network;
    network.sockets.add(this);
    network.clock.after(network.faults.delay, () => this.open());
  }

  open() {
    const { server, faults } = this.network;
    if (this.readyState !== 0 || faults.silent) return;
    if (!server.alive || faults.socketsFail) return this.shut(1006);
    this.session = server.connect((frame) => this.carry('down', JSON.stringify(frame), (data) => this.readyState === 1 && this.onmessage?.({ data })), (code) => this.shut(code));
    this.readyState = 1;
    this.onopen?.();
  }

  send(data) {
    this.carry('up', data, (text) => this.readyState === 1 && this.network.server.sessions.has(this.session) && this.session.heard(JSON.parse(text)));
  }

  carry(way, data, deliver) {
    const { network } = this;
    if (network.faults.silent || this.deaf) return void (this.deaf = true);
    if (network.chance('cut')) return void network.clock.after(1, () => (this.session?.end(1006), this.shut(1006)));
    if (network.chance('drop')) return;
    for (let copies = network.chance('duplicate') ? 2 : 1; copies > 0; copies -= 1) {
      const natural = network.clock.now() + network.random() * network.faults.delay;
      const at = network.chance('reorder') ? natural + 5 * network.faults.delay : Math.max(natural, this.lastAt[way]);
      if (!network.faults.reorder) this.lastAt[way] = at;
      network.clock.after(at - network.clock.now(), () => deliver(data));
    }
  }

  close(code) {
    if (this.readyState > 1) return;
    this.readyState = 3;
    const session = this.session;
    this.network.clock.after(1, () => session && this.network.server.sessions.has(session) && session.end(code));
  }

  shut(code) {
    if (this.readyState > 1) return;
    this.readyState = 3;
    this.onclose?.({ code, reason: '' });
  }
}
