/** Which agents answer in a shop. */
import { avatar } from '#/js/elements/parts.js';
import { form } from '#/js/elements/forms.js';
import { toast } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { t } from '#/js/models/words.js';
import { part } from '#/js/pages/parts.js';

/** @param {import('#/js/console.js').Console} console @param {import('#/js/api/api.js').Shop} shop */
export async function staffPart(console, shop) {
  const { team } = /** @type {import('#/js/desk-session.js').DeskSession} */ (console.desk);
  const { members } = await console.api.shopStaff(shop.id);
  const agents = [...team.members.values()].filter(({ role, active }) => role === 'agent' && active);
  const head = { title: t('shop.staff'), text: t('shop.staff.text') };
  if (agents.length === 0) return part(head, el('p', { class: 'field-hint' }, t('shop.staff.none')));
  const boxes = agents.map((agent) => ({ agent, box: el('input', { type: 'checkbox', checked: members.includes(agent.id) }) }));
  const list = el(
    'div',
    null,
    ...boxes.map(({ agent, box }) => el('label', { class: 'check' }, box, avatar(agent, { size: 'medium' }), agent.name)),
  );
  const act = async () => {
    await console.api.setShopStaff(shop.id, boxes.filter(({ box }) => box.checked).map(({ agent }) => agent.id));
    toast(t('act.saved'));
  };
  return part(head, form({ fields: [], body: [list], submit: t('act.save'), act, name: t('shop.staff') }));
}
