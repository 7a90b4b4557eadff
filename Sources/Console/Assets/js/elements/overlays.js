/**
 * What lies on top for a moment: toasts, questions before something destructive, menus. Each gives the focus back to where it was.
 */
import { button, iconButton, picture } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { t } from '#/js/models/words.js';

const STAYS = 5000;

/** @type {HTMLElement|null} */
let toasts = null;

/**
 * @param {string} words
 * @param {{act?: string, onact?: () => void, ongone?: () => void}} more
 * @returns {() => void} takes it away, when it is no longer true
 */
export function toast(words, { act, onact, ongone } = {}) {
  toasts ??= document.body.appendChild(el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' }));
  const node = el('div', { class: 'toast' }, el('span', null, words));
  const timer = setTimeout(() => gone(), act ? STAYS * 2 : STAYS);
  const gone = () => {
    clearTimeout(timer);
    node.remove();
    ongone?.();
  };
  if (act) {
    node.append(button(act, { onclick: () => (gone(), onact?.()) }));
  }
  node.append(iconButton('close', t('act.close'), { onclick: gone }));
  toasts.replaceChildren(node);
  return gone;
}

/**
 * A native dialog: it keeps the focus inside, ends on Escape and gives the focus back.
 * @param {{title: string, content: Node[], class?: string, onclose?: () => void}} parts
 */
export function sheet({ title, content, class: more = '', onclose }) {
  const id = `sheet-${Math.random().toString(36).slice(2)}`;
  const dialog = el('dialog', { class: `sheet ${more}`.trim(), 'aria-labelledby': id });
  const close = iconButton('close', t('act.close'), { onclick: () => dialog.close() });
  dialog.append(el('div', { class: 'sheet-body' }, el('div', { class: 'sheet-head' }, el('h2', { id }, title), close), ...content));
  return present(dialog, onclose);
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {() => void} [onclose]
 */
export function present(dialog, onclose) {
  dialog.addEventListener('close', () => {
    dialog.remove();
    onclose?.();
  });
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * Asks before something that hurts. The button names the thing; the safe one has the focus.
 * @param {{title: string, text: string, act: string}} words
 * @returns {Promise<boolean>}
 */
export function confirmAct({ title, text, act }) {
  return new Promise((answer) => {
    let yes = false;
    const stay = button(t('act.cancel'), { onclick: () => dialog.close() });
    const go = button(act, { kind: 'danger-fill', onclick: () => ((yes = true), dialog.close()) });
    const dialog = sheet({
      title,
      content: [el('p', null, text), el('div', { class: 'sheet-actions' }, stay, go)],
      onclose: () => answer(yes),
    });
    stay.focus();
  });
}

/**
 * @typedef {{label: string, picture?: Node|null, checked?: boolean, note?: string, act: () => void}} MenuItem
 * A menu under its button: arrow keys, letters, Enter, Escape.
 * @param {HTMLElement} anchor
 * @param {{title: string, items: MenuItem[]}} parts
 */
export function openMenu(anchor, { title, items }) {
  const menu = el(
    'div',
    { class: 'menu', role: 'menu', popover: 'auto', 'aria-label': title },
    el('div', { class: 'menu-title', 'aria-hidden': 'true' }, title),
  );
  const close = () => /** @type {any} */ (menu).hidePopover();
  for (const item of items) menu.append(menuItem(item, close));
  menu.addEventListener('keydown', (event) => moveInMenu(menu, event));
  menu.addEventListener('toggle', (event) => {
    if (/** @type {any} */ (event).newState !== 'closed') return;
    menu.remove();
    anchor.setAttribute('aria-expanded', 'false');
    if (document.activeElement === document.body) anchor.focus();
  });
  document.body.append(menu);
  /** @type {any} */ (menu).showPopover();
  anchor.setAttribute('aria-expanded', 'true');
  placeUnder(anchor, menu);
  const first = menu.querySelector('[aria-checked="true"]') ?? menu.querySelector('[role^="menuitem"]');
  if (first instanceof HTMLElement) first.focus();
  return menu;
}

/** @param {MenuItem} item checked: left out, it is an act and no choice @param {() => void} close */
function menuItem({ label, picture: face = null, checked, note, act }, close) {
  const choose = () => {
    close();
    act();
  };
  const tick = checked ? picture('check', 'small') : null;
  return el('button', {
    class: 'menu-item',
    type: 'button',
    role: checked === undefined ? 'menuitem' : 'menuitemradio',
    'aria-checked': checked === undefined ? undefined : String(checked),
    tabindex: '-1',
    onclick: choose,
  },
    face, el('span', { class: 'menu-item-text' }, label), note ? el('span', { class: 'palette-kind' }, note) : null, tick);
}

/** @param {HTMLElement} menu @param {KeyboardEvent} event */
function moveInMenu(menu, event) {
  const items = [...menu.querySelectorAll('[role^="menuitem"]')].filter((one) => one instanceof HTMLElement);
  const at = items.findIndex((one) => one === document.activeElement);
  const letter = event.key.length === 1 ? event.key.toLowerCase() : '';
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
    ?? (letter
      ? items.findIndex((one) => (one.querySelector('.menu-item-text')?.textContent ?? '').toLowerCase().startsWith(letter))
      : undefined);
  if (next === undefined || next === -1 && letter) return;
  event.preventDefault();
  const target = items[(next + items.length) % items.length];
  if (target instanceof HTMLElement) target.focus();
}

/** @param {HTMLElement} anchor @param {HTMLElement} menu */
function placeUnder(anchor, menu) {
  const from = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(Math.max(8, from.right - width), innerWidth - width - 8);
  const below = from.bottom + 4 + height <= innerHeight - 8;
  menu.style.setProperty('left', `${Math.max(8, left)}px`);
  menu.style.setProperty('top', `${below ? from.bottom + 4 : Math.max(8, from.top - height - 4)}px`);
}

/**
 * Copies, and says on the button that it has.
 * @param {HTMLButtonElement} from
 * @param {string} text
 */
export async function copyText(from, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    toast(t('act.copyFailed'));
    return;
  }
  const label = from.querySelector('span');
  const before = label?.textContent ?? '';
  if (!label || before === t('act.copied')) return;
  label.textContent = t('act.copied');
  setTimeout(() => (label.textContent = before), 2000);
}
