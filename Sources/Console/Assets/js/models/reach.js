/**
 * How far back a conversation is loaded for one message of it: page by page, and not for ever.
 *
 *   await reach(seq, { log: () => client.log(id), older: () => client.loadOlder(id, PAGES.events) })
 *   → 'here': it can be shown, with some words before it · 'far': further back than is loaded in one go; asking again goes on · 'gone': there is no such message
 *
 * @typedef {{events: {seq: number}[], cursor: number, before: number|null}} Log
 */

/** In one go: 15 requests, 3,000 messages. As many are still drawn without a wait that one would mind. */
export const PAGES = { events: 200, count: 15 };

/** Words before it that say what it was about. */
const CONTEXT = 12;

/**
 * @param {number} seq
 * @param {{log: () => Log|undefined, older: () => Promise<boolean>, pages?: number}} parts older: one page; whether there was one. Its Problem is the caller's
 * @returns {Promise<'here'|'far'|'gone'>}
 */
export async function reach(seq, { log, older, pages = PAGES.count }) {
  for (let page = 0; page < pages && wantsMore(seq, log()); page += 1) {
    if (!(await older())) break; // what did not join, or began anew: what is here has to do
  }
  const now = log();
  if (now?.events.some((event) => event.seq === seq)) return 'here';
  return now && now.before !== null && seq < firstOf(now) ? 'far' : 'gone';
}

/** @param {number} seq @param {Log|undefined} log */
const wantsMore = (seq, log) => log !== undefined && log.before !== null && firstOf(log) > Math.max(1, seq - CONTEXT);

/** @param {Log} log */
const firstOf = ({ events, cursor }) => events[0]?.seq ?? cursor + 1;
