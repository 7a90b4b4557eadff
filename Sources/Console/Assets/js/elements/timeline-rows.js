/** One row of the timeline as an element. A member's words never become markup: they are text nodes and harmless links. */
import { avatar, nameOf as customerName, picture } from '#/js/elements/parts.js';
import { el, linkedText } from '#/js/lib/dom.js';
import { maybe, t, words } from '#/js/models/words.js';

/** @typedef {import('#/js/elements/message-log.js').Scene} Scene */
/** @typedef {import('#/js/lib/timeline.js').TimelineRow} TimelineRow */
/** @typedef {import('#/js/lib/timeline.js').BubbleRow} BubbleRow */
/** @typedef {import('#/js/lib/timeline.js').LineRow} LineRow */
/** @typedef {{retry: (clientID: string) => void, discard: (clientID: string) => void, edit: (clientID: string) => void}} Acts */
/** @typedef {'queued'|'sending'|'sent'|'delivered'|'read'|'failed'} Progress */

/** @param {BubbleRow} row @param {Scene} scene @returns {Progress|null} */
function progressOf(row, { log }) {
  if (row.state) return /** @type {Progress} */ (row.state);
  if (!row.mine || row.note || !row.event) return null;
  return log.seenBy(row.event.seq, 'customer');
}

/**
 * Everything that is drawn of a row: where this is equal, the element stays.
 * @param {TimelineRow} row
 * @param {Scene} scene
 */
export function signOf(row, scene) {
  if (row.type === 'day') return `${words.language}${words.day(row.at)}`;
  if (row.type === 'new') return words.language;
  if (row.type === 'line') return `${words.language}${lineWords(row, scene)}`;
  return JSON.stringify([
    row.text,
    row.at,
    row.first,
    row.last,
    row.note,
    who(row, scene),
    progressOf(row, scene),
    row.item?.reason,
    row.item?.saved,
    words.language,
  ]);
}

/** @param {TimelineRow} row @param {Scene} scene @param {Acts} acts @returns {HTMLElement} */
export function drawTimelineRow(row, scene, acts) {
  if (row.type === 'day') return el('div', { class: 'day', role: 'separator' }, words.day(row.at));
  if (row.type === 'new') return el('div', { class: 'divider', role: 'separator' }, t('conversation.new'));
  if (row.type === 'line') return el('div', { class: 'event' }, el('span', null, lineWords(row, scene)), timeOf(row.at));
  return bubble(row, scene, acts);
}

/** @param {BubbleRow} row @param {Scene} scene @param {Acts} acts */
function bubble(row, scene, acts) {
  const progress = progressOf(row, scene);
  const name = who(row, scene);
  const side = row.mine ? 'ours' : 'theirs';
  const face = row.last
    ? avatar(row.mine ? { id: row.by?.id ?? scene.me, name: row.by?.name ?? scene.nameOf(scene.me) } : scene.customer, { size: 'medium' })
    : null;
  const own = row.by === null || row.by.id === scene.me;
  const label = !row.note ? name : own ? t('conversation.noteOwn') : t('conversation.noteBy', { name });
  const shownLabel = row.first && (row.note || (row.mine && !own));
  const by = el('div', { class: shownLabel ? 'message-by' : 'visually-hidden' }, row.note ? picture('note', 'small') : null, label);
  const body = el(
    'div',
    { class: 'message-body' },
    el('div', { class: 'bubble', dir: 'auto' }, linkedText(row.text)),
    foot(row, progress, acts),
  );
  return el(
    'article',
    {
      class: 'message',
      'data-side': side,
      'data-kind': row.note ? 'note' : undefined,
      'data-first': row.first,
      'data-last': row.last,
      'data-state': progress ?? undefined,
    },
    by,
    body,
    face,
  );
}

/** @param {BubbleRow} row @param {Scene} scene */
function who(row, scene) {
  if (!row.mine) return customerName(scene.customer);
  if (row.by === null || row.by.id === scene.me) return t('conversation.you');
  return scene.nameOf(row.by.id ?? '') ?? row.by.name ?? t('event.somebody');
}

/**
 * Time and progress stand under the last of a group; trouble under its own bubble.
 * @param {BubbleRow} row
 * @param {Progress|null} progress
 * @param {Acts} acts
 */
function foot(row, progress, acts) {
  if (progress === 'failed' && row.item) return failure(row.item, acts);
  if (!row.last && progress !== 'queued') return null;
  const unsaved = row.item && !row.item.saved ? el('span', null, t('receipt.unsaved')) : null;
  return el('div', { class: 'message-foot' }, unsaved, timeOf(row.at), progress ? receipt(progress) : null);
}

/** @param {Exclude<Progress, 'failed'>|Progress} progress */
function receipt(progress) {
  const drawing = progress === 'read' || progress === 'delivered' ? 'checks' : progress === 'sent' ? 'check' : 'clock';
  return el('span', { class: 'receipt', 'data-state': progress }, picture(drawing, 'small'), el('span', null, t(`receipt.${progress}`)));
}

/** @param {import('#/js/lib/outbox.js').Item} item @param {Acts} acts */
function failure({ clientID, reason, detail }, acts) {
  const act = (/** @type {string} */ label, /** @type {(clientID: string) => void} */ what) => el(
    'button',
    { class: 'link-button', type: 'button', onclick: () => what(clientID) },
    label,
  );
  const why = maybe(`nack.${reason ?? ''}`) ?? detail ?? '';
  const retry = reason === 'text_too_long' || reason === 'text_empty'
    ? act(t('send.edit'), acts.edit)
    : act(reason === 'stale' ? t('stale.send') : t('send.retry'), acts.retry);
  return el(
    'div',
    { class: 'message-foot', 'data-tone': 'bad' },
    picture('alert', 'small'),
    el('span', null, `${t('receipt.failed')}${why ? ` – ${why}` : ''}`),
    retry,
    act(t('send.discard'), acts.discard),
  );
}

/** @param {LineRow} row @param {Scene} scene */
function lineWords({ event }, scene) {
  const by = event.by.type === 'customer' ? customerName(scene.customer)
    : event.by.type === 'system' ? t('event.system')
      : event.by.id === scene.me ? t('conversation.you') : scene.nameOf(event.by.id ?? '') ?? event.by.name ?? t('event.somebody');
  if (event.kind === 'reopened' && event.by.type === 'system') return t('event.reopenedByMessage');
  if (event.kind === 'resolved' || event.kind === 'reopened') return t(`event.${event.kind}`, { by });
  if (event.kind !== 'assigned') return t('event.other', { by, kind: event.kind });
  if (!event.body.member) return t('event.released', { by });
  if (event.body.member === event.by.id) return t('event.took', { by });
  if (event.body.member === scene.me) return t('event.toYou', { by });
  return t('event.assigned', { by, name: event.body.name ?? scene.nameOf(event.body.member) ?? t('event.somebody') });
}

/** @param {number} at */
const timeOf = (at) => el('time', { datetime: new Date(at).toISOString(), title: words.dateTime(at) }, words.time(at));
