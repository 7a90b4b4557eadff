/**
 * What a key means outside of text fields. The list is also what `?` shows.
 *
 * @typedef {'next'|'previous'|'open'|'reply'|'note'|'resolve'|'assign'|'search'|'help'|'palette'|'back'} Command
 * @typedef {{key: string, isComposing?: boolean, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean, repeat?: boolean}} Key
 */

/** @type {readonly {command: Command, keys: readonly string[]}[]} */
export const SHORTCUTS = [
  { command: 'next', keys: ['j'] },
  { command: 'previous', keys: ['k'] },
  { command: 'open', keys: ['Enter'] },
  { command: 'reply', keys: ['r'] },
  { command: 'note', keys: ['n'] },
  { command: 'resolve', keys: ['e'] },
  { command: 'assign', keys: ['a'] },
  { command: 'search', keys: ['s'] },
  { command: 'back', keys: ['Escape'] },
  { command: 'help', keys: ['?'] },
];

/**
 * @param {Key} event
 * @param {{typing: boolean, onControl?: boolean}} where typing: in a text field; onControl: on a link or button, which keeps its Enter
 * @returns {Command|null}
 */
export function commandOf(event, { typing, onControl = false }) {
  if (event.isComposing) return null;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') return 'palette';
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return null;
  const found = SHORTCUTS.find(({ keys }) => keys.includes(event.key.length === 1 ? event.key.toLowerCase() : event.key));
  if (!found || (found.command === 'open' && onControl)) return null;
  return event.repeat && found.command !== 'next' && found.command !== 'previous' ? null : found.command;
}
