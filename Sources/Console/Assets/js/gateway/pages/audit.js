/** Who changed what, newest first. */
import { empty } from '#/js/elements/parts.js';
import { gatewayPage } from '#/js/gateway/elements/parts.js';
import { more, table } from '#/js/gateway/elements/table.js';
import { fieldName, fieldValue } from '#/js/gateway/models/audit.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { maybe, words } from '#/js/models/words.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').AuditLine} AuditLine */

/** @param {Context} context */
export async function auditPage({ api, mayManage }) {
  if (!mayManage) return empty({ icon: 'log', title: t('gateway.onlyAdmins.title'), text: t('audit.onlyAdmins') });
  const first = await api.audit();
  if (first.items.length === 0) return gatewayPage({ title: t('gateway.audit'), lead: t('audit.none') });
  const columns = [{ label: t('column.when') }, { label: t('audit.who') }, { label: t('audit.action') }, { label: t('audit.changes') }];
  const rows = (/** @type {AuditLine[]} */ items) => items.map((line) => [
    words.dateTime(line.at), whoOf(line),
    el('span', { class: 'stacked' }, el('span', null, maybe(`action.${line.action}`) ?? line.action), el('b', null, line.name)),
    changesOf(line),
  ]);
  const view = table({ name: t('gateway.audit'), columns, rows: rows(first.items), class: 'table-wrapped table-audit' });
  return gatewayPage(
    { title: t('gateway.audit'), lead: t('audit.lead') },
    view,
    more(first, (cursor) => api.audit(cursor), (items) => view.add(rows(items))),
  );
}

/** @param {AuditLine} line */
function whoOf({ who, origin }) {
  const by = maybe(`audit.origin.${origin}`) ?? origin;
  return who ? el('span', { class: 'stacked' }, el('span', null, who.name ?? who.id), el('small', null, by)) : by;
}

/**
 * What came or went whole reads as one paragraph, what changed line by line.
 * @param {AuditLine} line
 */
const changesOf = ({ changes }) => el(
  'ul',
  { class: changes.every(({ from, to }) => from === null || to === null) ? 'changes changes-whole' : 'changes' },
  ...changes.map(({ field, from, to }) => el(
    'li',
    null,
    el('span', { class: 'changes-field' }, fieldName(field)),
    ' ',
    from === null ? null : el('del', null, fieldValue(field, from)),
    from === null || to === null ? null : ' → ',
    to === null ? null : el('ins', null, fieldValue(field, to)),
  )),
);
