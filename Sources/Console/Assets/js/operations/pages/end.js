/** One end: the verdict first, then what to do, then what it rests on. */
import { button, empty, picture } from '#/js/elements/parts.js';
import { copyText } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { maybe, words } from '#/js/models/words.js';
import { part } from '#/js/pages/parts.js';
import { fact, operationsPage, spoken } from '#/js/operations/elements/parts.js';
import { reportOf, telling } from '#/js/operations/models/calm.js';
import { lapse, t } from '#/js/operations/words.js';

/** @typedef {import('#/js/operations/place.js').Context} Context */
/** @typedef {import('#/js/operations/api.js').EndDetail} EndDetail */
/** @typedef {import('#/js/operations/api.js').Frame} Frame */

/** @param {Context} context */
export async function endPage({ api, place, mayManage }) {
  if (!mayManage) return empty({ icon: 'server', title: t('ends.onlyAdmins.title'), text: t('ends.onlyAdmins.text') });
  const detail = await api.end(place.id ?? '', words.language);
  const above = { href: pathTo({ name: 'ends' }), label: t('operations.ends') };
  const copy = button(t('end.copy'), { icon: 'copy' });
  copy.onclick = () => void copyText(copy, reportOf(detail));
  const lead = `${words.dateTime(detail.end.at)} · ${t('end.terminal', { command: `switchboard why ${detail.end.id}` })}`;
  return operationsPage(
    { title: spoken(detail.end.sentence), class: 'end-verdict', lead, above, acts: [copy] },
    remediesPart(detail),
    part({ title: t('end.evidence') }, el('dl', { class: 'evidence' }, ...detail.evidence.map(({ name, value }) => fact(name, el('span', null, ...spoken(value)))))),
    framesPart(detail.frames),
    linesPart(t('end.threads'), detail.threads),
    inFlightPart(detail),
    logPart(detail),
  );
}

/** @param {EndDetail} detail */
const remediesPart = ({ remedies }) => el(
  'section',
  { class: 'remedies' },
  el('h2', null, t('end.remedies')),
  el('ol', null, ...remedies.map((one) => el('li', null, ...spoken(one)))),
);

/** @param {Frame[]} frames */
function framesPart(frames) {
  if (frames.length === 0) return null;
  const shown = telling(frames);
  const list = el('ol', { class: 'frames' }, ...shown.map(frameLine));
  const all = button(t('end.frames.all', { count: frames.length }), { kind: 'quiet' });
  all.onclick = () => (list.replaceChildren(...frames.map(frameLine)), all.remove());
  return part({ title: t('end.frames'), text: t('end.frames.lead') }, list, shown.length < frames.length ? el('div', null, all) : null);
}

/** @param {Frame} frame */
function frameLine({ text, own, kind }) {
  const [name = '', place = ''] = text.split('  ');
  return el('li', { 'data-own': own, 'data-kind': kind }, el('code', null, name), place ? el('span', null, place) : null);
}

/** @param {string} title @param {string[]} lines */
const linesPart = (title, lines) => (lines.length === 0 ? null : part({ title }, el('pre', { class: 'lines-box', tabindex: '0', 'aria-label': title, role: 'region' }, lines.join('\n'))));

/** @param {EndDetail} detail */
function inFlightPart({ inFlight }) {
  if (inFlight.length === 0) return null;
  const rows = inFlight.map(({ kind, request, bytes, age, suspect }) => el(
    'li',
    { 'data-suspect': suspect },
    el('b', null, maybe(`end.kind.${kind}`) ?? kind),
    request ? el('code', null, request) : null,
    el('span', null, size(bytes), age === undefined ? null : ` · ${lapse(age)}`),
    suspect ? el('span', { class: 'tag', 'data-kind': 'warn' }, picture('alert', 'small'), t('end.suspect')) : null,
  ));
  return part({ title: t('end.inFlight') }, el('ul', { class: 'in-flight' }, ...rows));
}

/** @param {number} bytes */
const size = (bytes) => {
  const [unit, value] = bytes < 1000 ? ['byte', bytes] : bytes < 1_000_000 ? ['kilobyte', bytes / 1000] : ['megabyte', bytes / 1_000_000];
  return new Intl.NumberFormat(words.locale, { style: 'unit', unit: String(unit), unitDisplay: 'narrow', maximumFractionDigits: 1 }).format(Number(value));
};

/** @param {EndDetail} detail */
function logPart({ log }) {
  if (log.length === 0) return null;
  const time = new Intl.DateTimeFormat(words.locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });
  const lines = log.map(({ at, level, text }) => el('li', { 'data-level': level }, el('time', null, time.format(at)), el('span', null, level), el('code', null, text)));
  const box = el('div', { class: 'record-box', role: 'region', 'aria-label': t('end.log'), tabindex: '0' }, el('ol', { class: 'records' }, ...lines));
  requestAnimationFrame(() => { box.scrollTop = box.scrollHeight; });
  return part({ title: t('end.log'), text: t('end.log.lead') }, box);
}
