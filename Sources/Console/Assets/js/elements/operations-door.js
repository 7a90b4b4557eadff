/** Where operations begin: how the server itself is doing. */
import { LazyDoor, loader } from '#/js/elements/lazy-door.js';

const loadOperations = loader('operations', () => import('#/js/operations/place.js'));

export class OperationsDoor extends LazyDoor {
  /** @param {import('#/js/console.js').Console} console */
  constructor(console) {
    super({ name: 'rail.operations', failed: 'operations.failed', make: async () => new (await loadOperations()).OperationsPlace(console) });
  }
}

customElements.define('sb-operations-door', OperationsDoor);
