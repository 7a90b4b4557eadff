/** Somebody answered while this was written: their words first, then the choice. */
import { button } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { overtaken, staleReply } from '#/js/models/replies.js';
import { t } from '#/js/models/words.js';

/**
 * @param {{pending: import('#/js/lib/outbox.js').Item[], events: import('#/js/lib/protocol.js').DeskEvent[], me: string,
 *   client: import('#/js/lib/desk-client.js').DeskClient, edit: (clientID: string) => void}} parts
 * @returns {Node[]}
 */
export function staleNotice({ pending, events, me, client, edit }) {
  const item = staleReply(pending);
  if (!item) return [];
  const others = overtaken(events, me, item.basedOn);
  const title = others[0] ? t('stale.title', { name: others[0].by.name ?? t('event.somebody') }) : t('stale.changed');
  const quotes = others.slice(-3).map(({ body }) => el('blockquote', null, body.text ?? ''));
  const acts = el('div', { class: 'form-actions' },
    button(t('stale.send'), { kind: 'primary', onclick: () => client.retry(item.clientID) }),
    button(t('send.edit'), { onclick: () => edit(item.clientID) }),
    button(t('send.discard'), { kind: 'quiet', onclick: () => client.discard(item.clientID) }));
  return [
    el(
      'section',
      { class: 'stale', role: 'alert' },
      el('h2', null, title),
      ...quotes,
      el('p', { class: 'field-hint' }, t('stale.kept', { text: item.body.text ?? '' })),
      acts,
    ),
  ];
}
