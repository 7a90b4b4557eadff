/**
 * Where a log's scroll belongs after it was drawn anew. Numbers only: the element measures, this decides.
 */

/** So near to the end counts as being there. */
const NEAR = 48;

/** @param {{scrollTop: number, clientHeight: number, scrollHeight: number}} box */
export const atEnd = ({ scrollTop, clientHeight, scrollHeight }) => scrollHeight - clientHeight - scrollTop < NEAR;

/** @param {{scrollTop: number}} box @param {boolean} hasOlder */
export const wantsOlder = ({ scrollTop }, hasOlder) => hasOlder && scrollTop < 600;

/** How many of the newest events are drawn: enough for a screen at first, more as somebody scrolls back. */
export const PAGE = 60;

/**
 * @template Event
 * @param {Event[]} events
 * @param {number} size
 */
export const newest = (events, size) => (events.length > size ? events.slice(events.length - size) : events);
