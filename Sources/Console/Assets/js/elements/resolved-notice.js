/** "Resolved – Undo": stays for a while, also elsewhere in the console, but not longer than it is true. */
import { nameOf } from '#/js/elements/parts.js';
import { toast } from '#/js/elements/overlays.js';
import { Resolution } from '#/js/models/resolution.js';
import { t } from '#/js/models/words.js';

/**
 * @param {import('#/js/desk-session.js').DeskSession} desk
 * @param {import('#/js/lib/protocol.js').Row} row
 * @param {() => void} undo
 */
export function resolvedNotice({ client }, { id, customer }, undo) {
  const resolution = new Resolution();
  const look = () => resolution.isUndone(client.feed.row(id), client.outbox.pending(id)) && close();
  const heard = (/** @type {any} */ log) => log.id === id && log.events.some(resolution.isReopening) && close();
  const stops = [client.on('feed', look), client.on('outbox', look), client.on('log', heard), client.on('gone', look)];
  const close = toast(t('resolve.done', { name: nameOf(customer) }), {
    act: t('act.undo'),
    onact: undo,
    ongone: () => stops.forEach((stop) => stop()),
  });
}
