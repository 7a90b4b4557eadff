/**
 * Periods of the reports, in the reader's own days.
 *
 *   periodOf({ period: '7' }, now) → { from, to, zone: '+01:00', unit: 'day' }
 *
 * @typedef {'today'|'7'|'30'|'month'|'own'} PeriodName
 * @typedef {{from: number, to: number, zone: string, unit: 'day'|'hour'}} Period
 */
import { dayText, nextDay, startOfDay } from '#/js/gateway/models/changes.js';

/** @type {readonly PeriodName[]} */
export const PERIODS = ['today', '7', '30', 'month', 'own'];

const DAY = 86_400_000;

/** Periods of at most so many days are told by the hour. */
const HOURS_UP_TO = 2;

/**
 * @param {Record<string, string|undefined>} wish period, from, to (2026-11-21, both days included)
 * @param {number} now
 * @returns {Period}
 */
export function periodOf({ period, from, to }, now) {
  const today = dayStart(now);
  const end = nextDay(today);
  if (period === 'today') return made(today, end);
  if (period === '7') return made(dayBefore(today, 6), end);
  if (period === 'month') return made(new Date(new Date(now).getFullYear(), new Date(now).getMonth(), 1).getTime(), end);
  const [first, last] = [startOfDay(from ?? ''), startOfDay(to ?? '')];
  if (period === 'own' && first !== null && last !== null) return made(Math.min(first, last), nextDay(Math.max(first, last)));
  return made(dayBefore(today, 29), end);
}

/** @param {Record<string, string|undefined>} wish @returns {PeriodName} */
export const periodName = ({ period }) => PERIODS.find((one) => one === period) ?? '30';

/**
 * The days that the fields for an own period show.
 * @param {Period} period
 */
export const daysOf = ({ from, to }) => ({ from: dayText(from), to: dayText(to - 1) });

/** @param {number} from @param {number} to @returns {Period} */
function made(from, to) {
  return { from, to, zone: zoneOf(from), unit: to - from <= HOURS_UP_TO * DAY ? 'hour' : 'day' };
}

/** @param {number} at @returns {string} "+08:00": what the clock here is ahead of UTC */
export function zoneOf(at) {
  const minutes = -new Date(at).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}

/** @param {number} at */
const dayStart = (at) => startOfDay(dayText(at)) ?? at;

/** @param {number} start @param {number} days */
function dayBefore(start, days) {
  const day = new Date(start);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - days).getTime();
}
