/**
 * Addresses and places. Both ways are pure, so that every link of the console is tested without a browser.
 *
 *   placeOf('/inbox/mine')          → { name: 'inbox', view: 'mine' }
 *   placeOf('/c/01J…')              → { name: 'conversation', id: '01J…' }
 *   pathTo({ name: 'shop', id })    → '/settings/shops/<id>'
 *
 * @typedef {import('#/js/lib/feed.js').View} View
 * @typedef {'setup'|'signin'|'invite'|'home'|'inbox'|'conversation'|'settings'|'members'|'shops'|'shop'|'newShop'|'you'|'workspace'|'lost'} PlaceName
 * @typedef {{name: PlaceName, view?: View, id?: string}} Place
 */
import { isULID } from '#/js/lib/ulid.js';

/** @type {readonly View[]} */
const VIEWS = ['mine', 'unassigned', 'all', 'resolved'];

/** @type {Record<string, PlaceName>} */
const FIXED = {
  '/': 'home',
  '/setup': 'setup',
  '/signin': 'signin',
  '/invite': 'invite',
  '/inbox': 'inbox',
  '/settings': 'settings',
  '/settings/members': 'members',
  '/settings/shops': 'shops',
  '/settings/shops/new': 'newShop',
  '/settings/you': 'you',
  '/settings/workspace': 'workspace',
};

/** @param {string} path without query and fragment @returns {Place} */
export function placeOf(path) {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const fixed = Object.hasOwn(FIXED, clean) ? FIXED[clean] : undefined;
  if (fixed) return { name: fixed };
  const [, first, second, third] = clean.split('/');
  if (first === 'inbox' && isView(second)) return { name: 'inbox', view: second };
  if (first === 'c' && isULID(second) && third === undefined) return { name: 'conversation', id: second };
  if (first === 'settings' && second === 'shops' && isULID(third)) return { name: 'shop', id: third };
  return { name: 'lost' };
}

/** @param {Place} place @returns {string} */
export function pathTo({ name, view, id }) {
  if (name === 'inbox') return view ? `/inbox/${view}` : '/inbox';
  if (name === 'conversation') return `/c/${id ?? ''}`;
  if (name === 'shop') return `/settings/shops/${id ?? ''}`;
  return Object.keys(FIXED).find((path) => FIXED[path] === name) ?? '/';
}

/**
 * Places that need nobody to be signed in.
 * @param {Place} place
 */
export const isDoor = ({ name }) => name === 'setup' || name === 'signin' || name === 'invite';

/**
 * Which item of the rail is lit.
 * @param {Place} place
 * @returns {'inbox'|'settings'|null}
 */
export function sectionOf({ name }) {
  if (name === 'inbox' || name === 'conversation' || name === 'home') return 'inbox';
  return isDoor({ name }) || name === 'lost' ? null : 'settings';
}

/**
 * On a phone one pane shows: the list, or the thing that was chosen from it.
 * @param {Place} place
 * @returns {'list'|'thing'}
 */
export const depthOf = ({ name }) => (name === 'inbox' || name === 'settings' || name === 'home' ? 'list' : 'thing');

/**
 * Where to go after signing in. Only the console's own places: a link must not send anybody elsewhere.
 * @param {string|null} wanted
 */
export function safeReturn(wanted) {
  if (!wanted?.startsWith('/') || /^\/[/\\]/.test(wanted)) return '/';
  const place = placeOf(wanted.split(/[?#]/)[0] ?? '/');
  return place.name === 'lost' || isDoor(place) ? '/' : wanted;
}

/** @param {string|undefined} text @returns {text is View} */
export const isView = (text) => VIEWS.some((view) => view === text);
