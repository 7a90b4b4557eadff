/** Small pieces that several places of the gateway share. */
import { button, picture } from '#/js/elements/parts.js';
import { busy } from '#/js/elements/forms.js';
import { copyText, toast } from '#/js/elements/overlays.js';
import { dollars, exactDollars, nanoOf, roughDollars } from '#/js/gateway/models/money.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { maybe, words } from '#/js/models/words.js';

/**
 * A page of the gateway: wider than one of the settings.
 * @param {{title: string, lead?: string|null, acts?: (Node|null)[], mark?: Node|null, above?: {href: string, label: string}|null}} head
 * @param {...(Node|null)} parts
 */
export function gatewayPage({ title, lead = null, acts = [], mark = null, above = null }, ...parts) {
  const trail = above ? el('a', { class: 'trail', href: above.href }, picture('back', 'small'), above.label) : null;
  const words = el('div', null, trail, el('h1', null, mark, title), lead ? el('p', { class: 'lead' }, lead) : null);
  return el(
    'div',
    { class: 'gateway-body' },
    el('header', { class: 'settings-head' }, words, el('div', { class: 'page-acts' }, ...acts)),
    ...parts,
  );
}

/**
 * Money as people read it, with all its digits on hover.
 * @param {string|bigint|null|undefined} amount nano-dollars
 */
export function money(amount) {
  const nano = typeof amount === 'bigint' ? amount : nanoOf(amount);
  if (nano === null) return el('span', { class: 'none' }, '–');
  return el('span', { class: 'money', title: exactDollars(nano, words.locale) }, dollars(nano, words.locale));
}

/** @param {string|bigint|null|undefined} amount */
export const moneyText = (amount) => dollars((typeof amount === 'bigint' ? amount : nanoOf(amount)) ?? 0n, words.locale);

/**
 * For narrow columns: in few digits, and all of them for the title.
 * @param {string|null|undefined} amount
 */
export const roughMoney = (amount) => {
  const nano = nanoOf(amount) ?? 0n;
  return { text: roughDollars(nano, words.locale), title: exactDollars(nano, words.locale) };
};

/** @param {number|null|undefined} count */
export const figure = (count) => (typeof count === 'number' ? words.number(count) : '–');

/**
 * Large counts in few letters, with all digits on hover: "23.4M".
 * @param {number} count
 */
export const total = (count) => (count < 10_000_000
  ? figure(count)
  : el('span', { title: words.number(count) }, new Intl.NumberFormat(words.locale, { notation: 'compact', maximumFractionDigits: 1 }).format(count)));

/**
 * Milliseconds as "412 ms" or "2.1 s".
 * @param {number|null|undefined} ms
 */
export function lapse(ms) {
  if (typeof ms !== 'number') return '–';
  if (ms < 1000) return t('unit.ms', { count: words.number(Math.round(ms)) });
  const places = ms < 10_000 ? 1 : 0;
  return t(
    'unit.s',
    { count: new Intl.NumberFormat(words.locale, { minimumFractionDigits: places, maximumFractionDigits: places }).format(ms / 1000) },
  );
}

/**
 * 0.02 as "2 %".
 * @param {number|null|undefined} share
 */
export const percent = (share) => (typeof share === 'number'
  ? new Intl.NumberFormat(words.locale, { style: 'percent', maximumFractionDigits: share > 0 && share < 0.01 ? 1 : 0 }).format(share)
  : '–');

/** @type {Record<string, 'good'|'warn'|'bad'|undefined>} */
const STATUS_TONES = { completed: 'good', failed: 'bad', refused: 'warn', interrupted: 'bad' };

/** @param {{status: string, httpStatus?: number|null}} request */
export const statusTag = ({ status, httpStatus }) => el(
  'span',
  { class: 'tag', 'data-kind': STATUS_TONES[status] },
  maybe(`request.status.${status}`) ?? status,
  httpStatus && status !== 'completed' ? ` ${httpStatus}` : null,
);

/** @param {...[string, Node|string|null]} pairs what is null is left out */
export const facts = (...pairs) => el('dl', { class: 'facts' }, ...pairs.flatMap(([label, value]) => (value === null ? [] : [
  el('div', null, el('dt', null, label), el('dd', null, value)),
])));

/**
 * A text to be copied, e.g. a command.
 * @param {string} label
 * @param {string} text
 */
export function copyBox(label, text) {
  const copy = button(t('act.copy'), { icon: 'copy' });
  copy.setAttribute('aria-label', t('copy.what', { what: label }));
  copy.onclick = () => void copyText(copy, text);
  return el('div', { class: 'snippet' }, el('h3', null, label), el('pre', null, text), el('div', null, copy));
}

/**
 * Acts, and says when it did not go. The button can't be pressed meanwhile.
 * @param {HTMLButtonElement|null} from
 * @param {() => Promise<unknown>} act
 * @returns {Promise<boolean>}
 */
export async function attempt(from, act) {
  try {
    await (from ? busy(from, act) : act());
    return true;
  } catch (problem) {
    toast(sentence(problem));
    return false;
  }
}

/**
 * Choices beside each other.
 * @param {{name: string, label: string, value: string, options: {value: string, label: string}[], onchange: (value: string) => void}} parts
 */
export function segments({ name, label, value, options, onchange }) {
  const items = options.map((one) => el(
    'label',
    null,
    el('input', { type: 'radio', name, value: one.value, checked: one.value === value, onchange: () => onchange(one.value) }),
    one.label,
  ));
  return el('div', { class: 'segments', role: 'radiogroup', 'aria-label': label }, ...items);
}

/** @param {{label: string, name: string, checked: boolean, hint?: string}} look */
export function checkbox({ label, name, checked, hint }) {
  const input = el('input', { type: 'checkbox', name, checked });
  const node = el('label', { class: 'check' }, input, el('span', null, label, hint ? el('small', null, hint) : null));
  return { name, node, input };
}
