/**
 * Reports as lines and bars. Costs stay BigInt; only a bar's height is a number.
 *
 * @typedef {import('#/js/gateway/api.js').UsageItem} UsageItem
 * @typedef {'day'|'model'|'key'|'node'} Grouping
 */
import { nanoOf } from '#/js/gateway/models/money.js';

/** @type {readonly Grouping[]} */
export const GROUPINGS = ['day', 'model', 'key', 'node'];

/** @param {Record<string, string|undefined>} address @returns {Grouping} */
export const groupingOf = ({ by }) => GROUPINGS.find((one) => one === by) ?? 'day';

/**
 * What a day or hour of a report is: its moments, for the list of its requests.
 * @param {string} name 2026-11-21 or 2026-11-21T08:00, in the reader's own time
 * @returns {{from: number, to: number}|null}
 */
export function spanOf(name) {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?$/.exec(name);
  if (!match) return null;
  const [year, month, day, hour, minute] = match.slice(1).map((text) => (text === undefined ? undefined : Number(text)));
  const from = new Date(year ?? 0, (month ?? 1) - 1, day, hour ?? 0, minute ?? 0).getTime();
  const to = hour === undefined ? new Date(year ?? 0, (month ?? 1) - 1, (day ?? 1) + 1).getTime() : from + 3_600_000;
  return { from, to };
}

/**
 * Nano-dollars as a number of dollars: for drawing only.
 * @param {string|null} cost
 */
export const height = (cost) => Number((nanoOf(cost) ?? 0n) / 1000n) / 1_000_000;

/**
 * What of the list of requests a line stands for.
 * @param {Grouping} by
 * @param {UsageItem} item
 * @param {{from: number, to: number}} period
 * @returns {Record<string, string>|null} null: those requests can't be listed
 */
export function drillDown(by, { name, id }, period) {
  const span = by === 'day' ? spanOf(name) : period;
  if (!span) return null;
  const times = { from: String(span.from), to: String(span.to) };
  if (by === 'model') return { ...times, model: name };
  if (by === 'day') return times;
  return id ? { ...times, [by]: id } : null;
}
