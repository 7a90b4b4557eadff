/** Go anywhere: customers, places and acts by a few letters. */
import { avatar, nameOf, picture } from '#/js/elements/parts.js';
import { present } from '#/js/elements/overlays.js';
import { openKeys } from '#/js/elements/keys-sheet.js';
import { el } from '#/js/lib/dom.js';
import { findChoices } from '#/js/models/palette.js';
import { LONGEST_QUERY, pathTo } from '#/js/models/router.js';
import { t } from '#/js/models/words.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {{label: string, also?: string, kind: string, drawing: () => Node, act: () => void}} Choice */

/** @param {Console} console */
export function openPalette(console) {
  if (document.querySelector('dialog.palette')) return;
  const choices = [...conversationChoices(console), ...placeChoices(console), ...actChoices(console)];
  const input = el(
    'input',
    {
      type: 'text',
      role: 'combobox',
      'aria-expanded': 'true',
      'aria-controls': 'palette-list',
      'aria-autocomplete': 'list',
      'aria-label': t('palette.title'),
      placeholder: t('palette.placeholder'),
      autocomplete: 'off',
      spellcheck: 'false',
    },
  );
  const list = el('div', { class: 'palette-list', id: 'palette-list', role: 'listbox', 'aria-label': t('palette.title') });
  const dialog = el(
    'dialog',
    { class: 'sheet palette', 'aria-label': t('palette.title') },
    el('div', { class: 'palette-field' }, picture('search'), input, el('kbd', null, 'Esc')),
    list,
  );
  const state = { found: choices, at: 0 };
  const draw = () => drawChoices(list, input, state, (choice) => (dialog.close(), choice.act()));
  input.addEventListener('input', () => {
    Object.assign(state, { found: [...findChoices(input.value, choices, 49), ...wordChoices(console, input.value)], at: 0 });
    draw();
  });
  input.addEventListener('keydown', (event) => move(event, state, draw, (choice) => (dialog.close(), choice.act())));
  draw();
  present(dialog);
  input.focus();
}

/** @param {KeyboardEvent} event @param {{found: Choice[], at: number}} state @param {() => void} draw @param {(choice: Choice) => void} choose */
function move(event, state, draw, choose) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const chosen = state.found[state.at];
  if (event.isComposing || (!step && event.key !== 'Enter')) return;
  event.preventDefault();
  if (!step) return chosen && choose(chosen);
  state.at = (state.at + step + state.found.length) % Math.max(1, state.found.length);
  draw();
}

/** @param {HTMLElement} list @param {HTMLInputElement} input @param {{found: Choice[], at: number}} state @param {(choice: Choice) => void} choose */
function drawChoices(list, input, { found, at }, choose) {
  const items = found.slice(0, 50).map((choice, index) => {
    const item = el('div', {
      class: 'menu-item',
      role: 'option',
      id: `palette-${index}`,
      'aria-selected': String(index === at),
      onclick: () => choose(choice),
    },
      choice.drawing(), el('span', { class: 'menu-item-text' }, choice.label), el('span', { class: 'palette-kind' }, choice.kind));
    return item;
  });
  if (items.length === 0) list.replaceChildren(el('p', { class: 'empty' }, t('palette.nothing', { query: input.value })));
  else list.replaceChildren(...items);
  input.setAttribute('aria-activedescendant', items[at]?.id ?? '');
  items[at]?.scrollIntoView({ block: 'nearest' });
}

/** @param {Console} console @returns {Choice[]} newest first */
function conversationChoices(console) {
  const { client, customers } = console.desk ?? {};
  const rows = [...(client?.feed.rows.values() ?? [])].sort((one, other) => other.lastAt - one.lastAt).slice(0, 2000);
  return rows.map(({ id, customer }) => ({
    label: nameOf(customer),
    also: customers?.get(customer.id)?.email ?? undefined,
    kind: t('palette.conversation'),
    drawing: () => avatar({ id: customer.id, name: customer.name }, { size: 'medium' }),
    act: () => console.go(pathTo({ name: 'conversation', id })),
  }));
}

/** @param {Console} console @returns {Choice[]} */
function placeChoices(console) {
  const place = (/** @type {string} */ label, /** @type {import('#/js/elements/icons.js').IconName} */ name, /** @type {import('#/js/models/router.js').Place} */ where) =>
    ({ label, kind: t('palette.place'), drawing: () => picture(name), act: () => console.go(pathTo(where)) });
  const views = /** @type {const} */ (['mine', 'unassigned', 'all', 'resolved']).map((view) => place(
    `${t('inbox.title')} · ${t(`inbox.${view}`)}`,
    'inbox',
    { name: 'inbox', view },
  ));
  const shops = (console.desk?.team.shopList ?? []).map(({ id, name }) => place(
    `${t('shops.title')} · ${name}`,
    'shop',
    { name: 'shop', id },
  ));
  const gateway = /** @type {const} */ (['live', 'nodes', 'keys', 'usage', 'requests', 'prices', 'gatewaySettings', 'audit'])
    .filter((name) => name !== 'audit' || console.desk?.team.mayManage)
    .map((name) => place(`${t('rail.gateway')} · ${t(`gateway.${name}`)}`, 'gateway', { name }));
  const server = console.desk?.team.mayManage ? [place(`${t('rail.operations')} · ${t('operations.ends')}`, 'server', { name: 'ends' })] : [];
  return [...views, ...gateway, ...server, place(t('members.title'), 'people', { name: 'members' }), place(t('shops.title'), 'shop', { name: 'shops' }), ...shops,
    place(t('you.title'), 'person', { name: 'you' }), place(t('workspace.title'), 'building', { name: 'workspace' })];
}

/**
 * Whatever was typed can be looked for in what was said.
 * @param {Console} console
 * @param {string} typed
 * @returns {Choice[]}
 */
function wordChoices(console, typed) {
  const q = typed.trim().slice(0, LONGEST_QUERY);
  if (!/[\p{L}\p{N}]/u.test(q)) return [];
  const shop = console.desk?.inbox.shop;
  return [{
    label: t('palette.searchFor', { query: q }),
    kind: t('palette.act'),
    drawing: () => picture('search'),
    act: () => console.go(pathTo({ name: 'search', q, shop })),
  }];
}

/** @param {Console} console @returns {Choice[]} */
function actChoices(console) {
  const { preferences } = console;
  const themes = /** @type {const} */ (['system', 'light', 'dark']).map((theme) => ({
    label: t(
      'palette.theme',
      { name: t(`theme.${theme}`) },
    ), kind: t('palette.act'), drawing: () => picture('contrast'), act: () => (preferences.theme = theme),
  }));
  const search = () => console.go(pathTo({ name: 'search', shop: console.desk?.inbox.shop }));
  return [{ label: t('palette.search'), kind: t('palette.act'), drawing: () => picture('search'), act: search }, ...themes,
    { label: t('palette.keys'), kind: t('palette.act'), drawing: () => picture('keyboard'), act: openKeys },
    { label: t('palette.signOut'), kind: t('palette.act'), drawing: () => picture('door'), act: () => void console.signOut() }];
}
