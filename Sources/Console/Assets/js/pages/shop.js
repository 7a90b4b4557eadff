/** One shop: snippet first, then look, sites, staff, and what hurts at the end. */
import { banner, button, linkButton } from '#/js/elements/parts.js';
import { field } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { confirmAct, copyText, toast } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { t } from '#/js/models/words.js';
import { part, settingsPage } from '#/js/pages/parts.js';
import { lookPart } from '#/js/pages/shop-look.js';
import { originsOf } from '#/js/pages/shop-sites.js';
import { shopTile } from '#/js/pages/shops.js';
import { staffPart } from '#/js/pages/shop-staff.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/api/api.js').Shop} Shop */

/** @param {Console} console @param {import('#/js/models/router.js').Place} place */
export async function shopPage(console, { id = '' }) {
  const { team } = /** @type {import('#/js/desk-session.js').DeskSession} */ (console.desk);
  const shop = await console.api.shop(id);
  team.putShop(shop);
  const welcome = location.hash === '#welcome' ? banner('good', t('shop.welcome')) : null;
  const demo = linkButton(t('shop.demo'), { href: `/demo?shop=${encodeURIComponent(shop.key)}`, icon: 'external', external: true });
  const head = { title: shop.name, mark: shopTile(shop.name, shop.colour), act: demo };
  if (!team.mayManage) return settingsPage(head, snippetPart(shop));
  const redraw = async () => page.replaceWith((page = await shopPage(console, { name: 'shop', id })));
  let page = settingsPage(
    head,
    welcome,
    snippetPart(shop),
    lookPart(console, shop),
    sitesPart(console, shop),
    await staffPart(console, shop),
    keyPart(console, shop, redraw),
    openPart(console, shop, redraw),
  );
  return page;
}

/** @param {Shop} shop */
function snippetPart({ snippet }) {
  const copy = button(t('shop.snippet.copy'), { kind: 'primary', icon: 'copy' });
  copy.onclick = () => void copyText(copy, snippet);
  return part(
    { title: t('shop.snippet'), text: t('shop.snippet.text'), class: 'part-first' },
    el('div', { class: 'snippet' }, el('pre', null, snippet), el('div', null, copy)),
  );
}

/** @param {Console} console @param {Shop} shop */
function sitesPart(console, shop) {
  const origins = field({
    label: t('shop.origins'),
    name: 'origins',
    rows: 3,
    value: shop.origins.join('\n'),
    hint: t('shop.origins.hint'),
    placeholder: 'https://',
  });
  origins.node.querySelector('label')?.classList.add('visually-hidden'); // the part says it already
  const act = async () => {
    const sites = originsOf(origins);
    if (!sites) return;
    const changed = await console.api.changeShop(shop.id, { origins: sites });
    console.desk?.team.putShop(changed);
    origins.input.value = changed.origins.join('\n');
    toast(t('act.saved'));
  };
  return part(
    { title: t('shop.origins'), text: t('shop.origins.text') },
    form({ fields: [origins], submit: t('act.save'), act, name: t('shop.origins') }),
  );
}

/** @param {Console} console @param {Shop} shop @param {() => Promise<void>} redraw */
function keyPart(console, { id, name, key }, redraw) {
  const rotate = button(t('shop.key.rotate'), { kind: 'danger', icon: 'key' });
  rotate.onclick = async () => {
    const words = {
      title: t('shop.key.rotate.title', { name }),
      text: t('shop.key.rotate.text', { name }),
      act: t('shop.key.rotate.act', { name }),
    };
    if (!(await confirmAct(words))) return;
    await tell(async () => {
      console.desk?.team.putShop(await console.api.rotateKey(id));
      await redraw();
      toast(t('shop.key.rotated', { name }));
    });
  };
  return part({ title: t('shop.key'), text: t('shop.key.text') }, el('div', { class: 'key-line' }, el('code', null, key), rotate));
}

/** @param {Console} console @param {Shop} shop @param {() => Promise<void>} redraw */
function openPart(console, { id, name, active }, redraw) {
  const change = (/** @type {boolean} */ on) => tell(async () => {
    console.desk?.team.putShop(await console.api.changeShop(id, { active: on }));
    await redraw();
    toast(
      on ? t('shop.opened.now', { name }) : t('shop.closed.now', { name }),
      on ? {} : { act: t('act.undo'), onact: () => void change(true) },
    );
  });
  const act = button(active ? t('shop.close') : t('shop.reopen'), { kind: active ? 'danger' : undefined });
  act.onclick = async () => {
    const sure = !active
      || (await confirmAct({ title: t('shop.close.title', { name }), text: t('shop.close.text'), act: t('shop.close.act', { name }) }));
    if (sure) await change(!active);
  };
  return part({ title: active ? t('shop.close') : t('shops.closed'), text: t('shop.close.text') }, el('div', null, act));
}

/** @param {() => Promise<void>} act */
async function tell(act) {
  try {
    await act();
  } catch (problem) {
    toast(sentence(problem));
  }
}
