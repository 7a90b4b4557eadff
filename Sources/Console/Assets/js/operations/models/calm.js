/**
 * How calm it was: pure, so that every case is tested without a browser.
 *
 * @typedef {import('#/js/operations/api.js').End} End
 * @typedef {{key: string, at: number, count: number}} Day
 */

export const DAYS = 30;

/**
 * One entry for each of the last 30 calendar days of the reader, the oldest first.
 * @param {End[]} ends
 * @param {number} now
 * @param {(ms: number) => string} dayKey the reader's calendar day of a moment
 * @returns {Day[]}
 */
export function daysOf(ends, now, dayKey) {
  const counts = new Map();
  for (const { at, unplanned } of ends) if (unplanned) counts.set(dayKey(at), (counts.get(dayKey(at)) ?? 0) + 1);
  const days = [];
  const noon = middle(now);
  for (let back = DAYS - 1; back >= 0; back -= 1) {
    const day = new Date(noon);
    day.setDate(day.getDate() - back);
    const key = dayKey(day.getTime());
    days.push({ key, at: day.getTime(), count: counts.get(key) ?? 0 });
  }
  return days;
}

/**
 * Noon, so that no change of the clock moves it to another day.
 * @param {number} ms
 */
function middle(ms) {
  const day = new Date(ms);
  day.setHours(12, 0, 0, 0);
  return day.getTime();
}

/**
 * The last moment at which it was not calm; null when it always was.
 * @param {End[]} ends the newest first
 */
export const lastTrouble = (ends) => ends.find(({ unplanned }) => unplanned)?.at ?? null;

/**
 * A sentence cut where it quotes code: between backquotes.
 * @param {string} sentence
 * @returns {{text: string, code: boolean}[]}
 */
export const piecesOf = (sentence) => sentence.split('`').map((text, index) => ({ text, code: index % 2 === 1 })).filter(({ text }) => text !== '');

/**
 * Which frames are shown at first: the innermost, then our own, at most `limit`.
 * @param {import('#/js/operations/api.js').Frame[]} frames
 * @param {number} [limit]
 */
export function telling(frames, limit = 8) {
  const own = frames.filter((frame, index) => index === 0 || frame.own);
  return (own.length > 1 ? own : frames).slice(0, limit);
}

/**
 * What is pasted into a report: plain text.
 * @param {import('#/js/operations/api.js').EndDetail} detail
 */
export function reportOf({ end, evidence, frames, log }) {
  const stamp = (/** @type {number} */ at) => new Date(at).toISOString();
  return [
    end.sentence, '',
    ...evidence.map(({ name, value }) => `${name}: ${value}`), '',
    ...frames.map(({ text }) => `  ${text}`), '',
    ...log.slice(-40).map(({ at, level, text }) => `${stamp(at)} ${level} ${text}`),
  ].join('\n');
}
