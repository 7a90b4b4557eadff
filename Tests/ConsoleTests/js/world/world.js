// One small world: shop Lantern, member Ada and Bo, customer Kim; clock, chance and network are the test's.
import { Desk } from '#/js/lib/desk.js';
import { DeskClient } from '#/js/lib/desk-client.js';
import { HTTP } from '#/js/lib/http.js';
import { customerRoutes, staffRoutes } from '#/js/lib/routes.js';
import { MemoryStore } from '#/js/lib/storage.js';
import { ULIDSource } from '#/js/lib/ulid.js';
import { ManualClock, seeded } from './clock.js';
import { Network } from './network.js';
import { ProtocolServer } from './server.js';

export const ada = { type: 'member', id: 'ada', name: 'Ada' };
export const bo = { type: 'member', id: 'bo', name: 'Bo' };
export const kim = { type: 'customer', id: 'kim', name: 'Kim' };

export class World {
  constructor(seed = 1) {
    this.random = seeded(seed);
    this.clock = new ManualClock();
    this.server = new ProtocolServer({ clock: this.clock });
    this.network = new Network(this);
    this.clients = [];
  }

  // A browser tab of somebody. The same `store` is the same browser.
  client(who, { store = new MemoryStore([], () => {}), tab = `tab-${this.clients.length}`, poll = true } = {}) {
    const { clock, random, network } = this;
    const fill = (bytes) => bytes.map(() => Math.floor(random() * 256));
    const client = new (who.type === 'member' ? DeskClient : Desk)({
      routes: who.type === 'member' ? staffRoutes : customerRoutes('lantern'),
      http: new HTTP({ clock, fetch: network.fetchFor(() => who) }),
      store, scope: who.id, clock, random, tab, poll, socket: 'ws://desk',
      WebSocket: network.socketClass(),
      ids: new ULIDSource({ now: clock.now, fill }),
    });
    client.who = who;
    client.store = store;
    this.clients.push(client);
    return client;
  }

  async started(who, options) {
    const client = this.client(who, options);
    void client.start();
    await this.clock.advance(1000);
    return client;
  }

  async until(condition, most = 180_000) {
    for (let waited = 0; waited < most; waited += 250) {
      if (condition()) return true;
      await this.clock.advance(250);
    }
    return condition();
  }

  stop() {
    for (const client of this.clients) client.stop();
  }
}
