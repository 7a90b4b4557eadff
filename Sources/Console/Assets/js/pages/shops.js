/** The list of shops. */
import { empty, linkButton, picture, tint } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { initials } from '#/js/models/faces.js';
import { pathTo } from '#/js/models/router.js';
import { t } from '#/js/models/words.js';
import { settingsPage } from '#/js/pages/parts.js';

/** @typedef {import('#/js/api/api.js').Shop} Shop */

/** @param {import('#/js/console.js').Console} console */
export async function shopsPage(console) {
  const { team } = /** @type {import('#/js/desk-session.js').DeskSession} */ (console.desk);
  await team.refreshShops();
  const add = team.mayManage ? linkButton(t('shops.new'), { href: pathTo({ name: 'newShop' }), kind: 'primary', icon: 'plus' }) : null;
  const content = team.shops.size === 0
    ? empty({ icon: 'shop', title: t('shops.none.title'), text: team.mayManage ? t('shops.none.admin') : t('shops.none.agent') })
    : el('div', { class: 'things' }, ...team.shopList.map(shopThing));
  return settingsPage({ title: t('shops.title'), lead: t('shops.lead'), act: add }, content);
}

/** @param {Shop} shop */
function shopThing({ id, name, colour, origins, active }) {
  const sites = origins.length > 0 ? origins.map((one) => one.replace(/^https?:\/\//, '')).join(', ') : t('shops.anySite');
  const closed = active ? null : el('span', { class: 'tag', 'data-kind': 'warn' }, t('shops.closed'));
  return el('a', { class: 'thing', href: pathTo({ name: 'shop', id }), 'data-off': !active }, shopTile(name, colour),
    el('div', { class: 'thing-text' }, el('b', null, name), el('p', null, sites)), closed, picture('next', 'small'));
}

/** @param {string} name @param {string} colour */
export const shopTile = (name, colour) => tint(el('span', { class: 'shop-tile', 'aria-hidden': 'true' }, initials(name)), colour);
