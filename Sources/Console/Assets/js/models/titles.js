/** What the browser's tab says. */

/** @param {number} unread conversations with something unread @param {string} [place] */
export function tabTitle(unread, place = '') {
  const badge = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : '';
  return place ? `${badge}${place} · Switchboard` : `${badge}Switchboard`;
}

/** @param {number} count */
export const shortCount = (count) => (count > 99 ? '99+' : String(count));
