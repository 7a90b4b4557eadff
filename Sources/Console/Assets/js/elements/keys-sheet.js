/** The list of keys that `?` shows. */
import { el } from '#/js/lib/dom.js';
import { sheet } from '#/js/elements/overlays.js';
import { SHORTCUTS } from '#/js/models/shortcuts.js';
import { t } from '#/js/models/words.js';

/** @typedef {import('#/js/models/shortcuts.js').Command} Command */

/** @type {readonly {title: 'keys.list'|'keys.conversation'|'keys.anywhere', commands: readonly Command[]}[]} */
const PARTS = [
  { title: 'keys.list', commands: ['next', 'previous', 'open'] },
  { title: 'keys.conversation', commands: ['reply', 'note', 'resolve', 'assign'] },
  { title: 'keys.anywhere', commands: ['palette', 'search', 'back', 'help'] },
];

export function openKeys() {
  const list = el('dl', { class: 'keys' });
  for (const { title, commands } of PARTS) {
    list.append(el('h3', null, t(title)));
    for (const command of commands) list.append(
      el('dt', null, t(`keys.${command}`)),
      el('dd', null, ...keysOf(command).map((key) => el('kbd', null, key))),
    );
  }
  sheet({ title: t('keys.title'), content: [list] });
}

/** @param {Command} command */
function keysOf(command) {
  if (command === 'palette') return /Mac|iP/.test(navigator.platform) ? ['⌘', 'K'] : ['Ctrl', 'K'];
  const key = SHORTCUTS.find((one) => one.command === command)?.keys[0] ?? '';
  return [{ Escape: 'Esc', Enter: '⏎' }[key] ?? key];
}
