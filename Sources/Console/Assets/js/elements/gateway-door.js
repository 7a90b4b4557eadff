/** Where the gateway begins. */
import { LazyDoor, loader } from '#/js/elements/lazy-door.js';

export const loadGateway = loader('gateway', () => import('#/js/gateway/place.js'));

export class GatewayDoor extends LazyDoor {
  /** @param {import('#/js/console.js').Console} console */
  constructor(console) {
    super({ name: 'rail.gateway', failed: 'gateway.failed', make: async () => new (await loadGateway()).GatewayPlace(console) });
  }
}

customElements.define('sb-gateway-door', GatewayDoor);
