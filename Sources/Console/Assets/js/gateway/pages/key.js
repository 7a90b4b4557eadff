/** One key: what it may, what it spent, and its end. */
import { button } from '#/js/elements/parts.js';
import { form } from '#/js/elements/forms.js';
import { confirmAct, toast } from '#/js/elements/overlays.js';
import { fieldwise } from '#/js/gateway/elements/form-acts.js';
import { attempt, facts, gatewayPage, money } from '#/js/gateway/elements/parts.js';
import { addressOf } from '#/js/gateway/models/address.js';
import { keyChange } from '#/js/gateway/models/changes.js';
import { limitsOf } from '#/js/gateway/models/limits.js';
import { keyFields } from '#/js/gateway/pages/key-form.js';
import { isRevoked, stateTag } from '#/js/gateway/pages/keys.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { maybe, words } from '#/js/models/words.js';
import { part } from '#/js/pages/parts.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').GatewayKey} GatewayKey */

/** @param {Context} context @returns {Promise<HTMLElement>} */
export async function keyPage(context) {
  const key = await context.api.key(context.place.id ?? '');
  const mayChange = context.mayManage && !isRevoked(key);
  const page = gatewayPage(
    { title: key.name, lead: `${key.prefix}…`, mark: stateTag(key), above: { href: pathTo({ name: 'keys' }), label: t('gateway.keys') } },
    part({ title: t('key.use'), class: 'part-first' }, useOf(key)),
    mayChange ? null : part({ title: t('key.limits') }, limitFacts(key)),
    mayChange ? part({ title: t('key.change'), text: t('key.change.lead') }, changeForm(context, key)) : null,
    mayChange ? part(
      { title: t('key.revoke'), text: t('key.revoke.lead') },
      revokeButton(context, key, async () => page.replaceWith(await keyPage(context))),
    ) : null,
  );
  return page;
}

/** @param {GatewayKey} key */
const useOf = (key) => facts(
  [t('key.today'), el('span', null, money(key.today.cost), ` · ${t('figure.requestsOf', { count: key.today.requests })}`)],
  [t('key.month'), el('span', null, money(key.month.cost), ` · ${t('figure.requestsOf', { count: key.month.requests })}`)],
  [t('key.lastUsed'), key.lastUsedAt ? words.dateTime(key.lastUsedAt) : t('when.never')],
  [t('key.created'), t('key.createdBy', { date: words.dateTime(key.createdAt), name: key.createdBy })],
  [t('gateway.requests'), el('a', { href: pathTo({ name: 'requests' }) + addressOf({ key: key.id }) }, t('key.requests'))],
);

/** @param {GatewayKey} key */
const limitFacts = (key) => facts(
  [t('key.limits'), limitsOf(key).join(' · ') || t('field.noLimit')],
  [t('key.scopes'), key.scopes.map((scope) => maybe(`scope.${scope}`) ?? scope).join(', ')],
  [t('key.models'), key.models.join(', ') || t('key.models.all')],
  [t('key.expiresAt'), key.expiresAt ? words.dateTime(key.expiresAt) : t('when.never')],
);

/** @param {Context} context @param {GatewayKey} key */
function changeForm({ api }, key) {
  let present = key;
  const parts = keyFields(key);
  const act = async () => {
    const change = keyChange(present, parts.values());
    if (Object.keys(change).length === 0) return void toast(t('form.unchanged'));
    present = await api.changeKey(key.id, change);
    toast(t('key.changed', { name: present.name }));
  };
  return form({ fields: parts.fields, body: parts.body, submit: t('act.save'), act: fieldwise(act), name: t('key.change') });
}

/** @param {Context} context @param {GatewayKey} key @param {() => Promise<void>} redraw */
function revokeButton({ api }, { id, name }, redraw) {
  const act = button(t('key.revoke.act', { name }), { kind: 'danger', icon: 'key' });
  act.onclick = async () => {
    if (!(await confirmAct({
      title: t('key.revoke.title', { name }),
      text: t('key.revoke.text', { name }),
      act: t('key.revoke.act', { name }),
    }))) return;
    await attempt(act, async () => {
      await api.revokeKey(id);
      toast(t('key.revoked.now', { name }));
      await redraw();
    });
  };
  return el('div', null, act);
}

