/**
 * Where each side of the desk finds things (§2, api.md). `staffRoutes`, `customerRoutes(shopKey)`; both are a Routes:
 *
 * @typedef {{side: 'staff'|'customer', socket: string, tickets: string, sync: (query: string) => string,
 *   conversation: (id: string|null) => string, history: (id: string|null, before: number, limit?: number) => string,
 *   events: (id: string|null) => string, receipts: (id: string|null) => string}} Routes
 */

/** @param {string} thing @returns {Omit<Routes, 'side'|'socket'|'tickets'|'sync'|'conversation'>} */
const under = (thing) => ({
  history: (id, before, limit = 50) => `${place(thing, id)}/events?before=${before}&limit=${limit}`,
  events: (id) => `${place(thing, id)}/events`,
  receipts: (id) => `${place(thing, id)}/receipts`,
});

/** @param {string} thing @param {string|null} id */
const place = (thing, id) => thing.replace('{id}', encodeURIComponent(id ?? ''));

/** @type {Routes} */
export const staffRoutes = {
  side: 'staff',
  socket: '/ws/staff',
  tickets: '/api/tickets',
  sync: (query) => `/api/sync?${query}`,
  conversation: (id) => place('/api/conversations/{id}', id),
  ...under('/api/conversations/{id}'),
};

/** @param {string} shopKey @returns {Routes} */
export function customerRoutes(shopKey) {
  const shop = `/api/widget/${encodeURIComponent(shopKey)}`;
  return {
    side: 'customer',
    socket: `/ws/customer/${encodeURIComponent(shopKey)}`,
    tickets: `${shop}/tickets`,
    sync: (query) => `${shop}/sync?${query}`,
    conversation: () => `${shop}/conversation`,
    ...under(`${shop}/conversation`),
  };
}

/**
 * A path of this site as a socket's address.
 * @param {string} path
 * @param {{protocol: string, host: string}} [location]
 */
export const socketURL = (path, location = globalThis.location) => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;

/** @param {import('#/js/lib/protocol.js').Cursors} cursors @param {number} wait seconds */
export function syncQuery({ epoch, feed, conversations = {} }, wait) {
  const query = new URLSearchParams();
  if (epoch !== undefined) query.set('epoch', epoch);
  if (feed !== undefined) query.set('feed', String(feed));
  for (const [id, seq] of Object.entries(conversations)) query.append('conversation', `${id}:${seq}`);
  query.set('wait', String(wait));
  return query.toString();
}
