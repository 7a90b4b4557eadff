/** Every end that is kept, and how calm it was in between. */
import { banner, button, empty, moment, picture } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { words } from '#/js/models/words.js';
import { fact, operationsPage, spoken } from '#/js/operations/elements/parts.js';
import { daysOf, lastTrouble } from '#/js/operations/models/calm.js';
import { lapse, t } from '#/js/operations/words.js';

/** @typedef {import('#/js/operations/place.js').Context} Context */
/** @typedef {import('#/js/operations/api.js').Ends} Ends */
/** @typedef {import('#/js/operations/api.js').End} End */

/** @param {Context} context */
export async function endsPage({ api, mayManage, again }) {
  if (!mayManage) return empty({ icon: 'server', title: t('ends.onlyAdmins.title'), text: t('ends.onlyAdmins.text') });
  const ends = await api.ends(words.language);
  const acts = [button(t('ends.again'), { icon: 'reopen', onclick: again })];
  return operationsPage(
    { title: [t('operations.ends')], lead: t('ends.lead'), acts },
    refusedPart(ends),
    ends.items.some(({ unplanned }) => unplanned) ? calmPart(ends) : calmHero(ends),
    strip(ends),
    ends.items.length ? listPart(ends.items) : null,
  );
}

/**
 * A start that was refused within the last week: why this server was down.
 * @param {Ends} ends
 */
function refusedPart({ refusal, now }) {
  if (!refusal || now - refusal.at > 7 * 86_400_000) return null;
  return banner('warn', el('b', null, t('ends.refused', { date: words.dateTime(refusal.at), code: refusal.exitCode })), ' ', ...spoken(refusal.sentence));
}

/**
 * Nothing ever happened: say so, and what would be here otherwise.
 * @param {Ends} ends
 */
const calmHero = ({ foundedAt, startedAt }) => el(
  'section',
  { class: 'calm' },
  el('span', { class: 'calm-mark' }, picture('check')),
  el('div', null, el('h2', null, t('ends.calm.title', { date: words.date(foundedAt) })), el('p', null, t('ends.calm.text'))),
  el('dl', { class: 'calm-facts' }, fact(t('ends.running'), words.dateTime(startedAt))),
);

/** @param {Ends} ends */
function calmPart({ items, now, startedAt }) {
  const recent = items.filter(({ unplanned, at }) => unplanned && now - at < 30 * 86_400_000).length;
  return el(
    'dl',
    { class: 'calm-figures' },
    fact(t('ends.calmFor'), lapse(now - (lastTrouble(items) ?? now))),
    fact(t('ends.count'), words.number(recent)),
    fact(t('ends.running'), words.dateTime(startedAt)),
  );
}

/**
 * A cell a day.
 * @param {Ends} ends
 */
function strip({ items, now }) {
  const days = daysOf(items, now, (ms) => words.dayKey(ms));
  const total = days.reduce((sum, { count }) => sum + count, 0);
  const cells = days.map(({ at, count }) => el('i', { 'data-count': Math.min(count, 3), title: t('ends.day', { date: words.date(at), count }) }));
  return el(
    'figure',
    { class: 'calm-strip' },
    el('div', { class: 'calm-cells', role: 'img', 'aria-label': t('ends.days.spoken', { count: total }) }, ...cells),
    el('figcaption', { 'aria-hidden': 'true' }, t('ends.days')),
  );
}

/** @param {End[]} items */
const listPart = (items) => el(
  'section',
  { class: 'part' },
  el('header', null, el('h2', null, t('ends.list')), el('p', null, t('ends.kept'))),
  el('ol', { class: 'ends', 'aria-label': t('ends.list') }, ...items.map(line)),
);

/** @param {End} end */
function line({ id, at, unplanned, uptime, sentence, similar }) {
  const facts = [
    moment(at, words.dateTime(at), words.dateTime(at)),
    uptime === undefined ? null : t('ends.after', { lapse: lapse(uptime) }),
    similar > 1 && unplanned ? t('ends.similar', { count: similar }) : null,
  ].filter((one) => one !== null);
  return el(
    'li',
    { 'data-planned': !unplanned },
    el('span', { class: 'end-mark', 'aria-hidden': 'true' }, picture(unplanned ? 'alert' : 'check')),
    el(
      'div',
      null,
      el('a', { href: pathTo({ name: 'end', id }) }, ...spoken(sentence)),
      el('p', { class: 'end-facts' }, ...facts.map((one) => el('span', null, one)), unplanned ? null : el('span', null, t('ends.planned'))),
    ),
  );
}
