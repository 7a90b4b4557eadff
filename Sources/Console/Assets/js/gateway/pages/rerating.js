/** A past period is priced anew with the book as it is now: first only looked at, then, when somebody wants it, written. */
import { button } from '#/js/elements/parts.js';
import { field } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { sheet, toast } from '#/js/elements/overlays.js';
import { attempt, figure, money } from '#/js/gateway/elements/parts.js';
import { table } from '#/js/gateway/elements/table.js';
import { nextDay, startOfDay } from '#/js/gateway/models/changes.js';
import { nanoOf } from '#/js/gateway/models/money.js';
import { daysOf, periodOf } from '#/js/gateway/models/period.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').Rerating} Rerating */

/** @param {Context} context */
export function openRerating({ api }) {
  const days = daysOf(periodOf({ period: '30' }, Date.now()));
  const from = field({ label: t('usage.from'), name: 'from', type: 'date', value: days.from, required: true });
  const to = field({ label: t('usage.to'), name: 'to', type: 'date', value: days.to, required: true });
  const answer = el('div', { class: 'form', role: 'status' });
  const wish = () => ({ from: startOfDay(from.value) ?? 0, to: nextDay(startOfDay(to.value) ?? Date.now()) });
  const look = async () => {
    const period = wish();
    const found = await api.rerate({ ...period, apply: false });
    const apply = button(t('rerate.apply', { count: found.changed }), { kind: 'primary' });
    apply.onclick = () => attempt(apply, async () => {
      const done = await api.rerate({ ...period, apply: true });
      toast(t('rerate.done', { count: done.changed }));
      dialog.close();
    });
    answer.replaceChildren(...resultOf(found), ...(found.changed > 0 ? [el('div', { class: 'sheet-actions' }, apply)] : []));
  };
  // Another period is another question: the answer to the old one must not be applied to it.
  for (const one of [from, to]) one.input.addEventListener('input', () => answer.replaceChildren());
  const body = [el('div', { class: 'form-grid' }, from.node, to.node)];
  const dialog = sheet({
    title: t('prices.rerate'),
    class: 'wide',
    content: [
      el('p', { class: 'lead' }, t('rerate.lead')),
      form({ fields: [from, to], body, submit: t('rerate.look'), act: look, name: t('prices.rerate') }),
      answer,
    ],
  });
}

/** @param {Rerating} found @returns {Node[]} */
function resultOf({ requests, changed, before, after, models }) {
  const words = el('p', null, changed === 0 ? t('rerate.same', { count: requests }) : t('rerate.found', { count: changed, all: requests }));
  if (changed === 0) return [words];
  const columns = [
    { label: t('request.model') },
    { label: t('figure.requests'), number: true },
    { label: t('rerate.before'), number: true },
    { label: t('rerate.after'), number: true },
    { label: t('rerate.difference'), number: true },
  ];
  const rows = models.map((one) => [one.model, figure(one.requests), money(one.before), money(one.after), difference(one)]);
  return [words, table({
    name: t('prices.rerate'),
    columns,
    rows,
    foot: [t('usage.total'), figure(requests), money(before), money(after), difference({ before, after })],
  })];
}

/** @param {{before: string, after: string}} both */
const difference = ({ before, after }) => money((nanoOf(after) ?? 0n) - (nanoOf(before) ?? 0n));
