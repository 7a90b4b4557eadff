/**
 * Forms as texts, and what of them is sent. In a change an absent field stays and an empty one is emptied: so only what differs is sent.
 *
 * @typedef {import('#/js/gateway/api.js').GatewayNode} GatewayNode
 * @typedef {import('#/js/gateway/api.js').GatewayKey} GatewayKey
 */
import { parseDollars } from '#/js/gateway/models/money.js';
import { modelsText, parseModels } from '#/js/gateway/models/model-map.js';

/** What a text could not be read as. */
export class Unreadable extends Error {
  /** @param {string} field @param {'number'|'money'|'models'|'date'|'again'} kind @param {string} [detail] */
  constructor(field, kind, detail = '') {
    super(`${field}: ${kind}`);
    this.field = field;
    this.kind = kind;
    this.detail = detail;
  }
}

/** @type {readonly string[]} */
const NODE_TEXTS = ['name', 'url', 'family', 'provider', 'auth', 'healthMethod', 'healthModel'];

/**
 * @param {Record<string, string|boolean>} values by the fields' names
 * @returns {Record<string, any>} all that was filled in; throws Unreadable
 */
export function nodeWish(values) {
  const { models, bad } = parseModels(textOf(values, 'models'));
  if (bad !== null) throw new Unreadable('models', 'models', bad);
  /** @type {Record<string, any>} */
  const wish = { models };
  for (const name of NODE_TEXTS) if (textOf(values, name) !== '') wish[name] = textOf(values, name);
  for (const name of ['priority', 'weight']) if (textOf(values, name) !== '') wish[name] = wholeNumber(values, name);
  wish.maxConcurrency = wholeNumber(values, 'maxConcurrency');
  for (const name of ['rateDomain', 'cacheDomain']) wish[name] = textOf(values, name) || null;
  for (const name of ['enabled', 'allowPrivate', 'allowLoopback']) if (typeof values[name] === 'boolean') wish[name] = values[name];
  if (textOf(values, 'credential') !== '') wish.credential = textOf(values, 'credential');
  return wish;
}

/**
 * @param {GatewayNode} node as it is
 * @param {Record<string, string|boolean>} values
 * @param {'keep'|'replace'|'remove'} credential
 */
export function nodeChange(node, values, credential) {
  const wish = nodeWish(values);
  delete wish.credential;
  const change = different(wish, { ...node, models: parseModels(modelsText(node.models)).models });
  const typed = credential === 'replace' ? textOf(values, 'credential') : '';
  if (credential === 'remove') change.credential = null;
  else if (typed !== '') change.credential = typed;
  else if (boundTo(node, values) !== null) throw new Unreadable('credential', 'again', originOf(node.url) ?? node.url);
  // Leave that was given for one address has to be given for another one by word.
  if (isElsewhere(node, values)) for (const name of REACHES) if (node[name] && typeof values[name] === 'boolean') change[name] = values[name];
  return change;
}

/** @type {readonly ('allowPrivate'|'allowLoopback')[]} */
const REACHES = ['allowPrivate', 'allowLoopback'];

/**
 * A stored credential goes only to where it was given for: with another scheme, host or port, or more networks, it has to be entered again.
 * @param {GatewayNode} node
 * @param {Record<string, string|boolean>} values
 * @returns {string|null} the address that it was given for; null: it may stay
 */
export function boundTo(node, values) {
  const isWider = REACHES.some((name) => values[name] === true && !node[name]);
  const isStored = node.hasCredential || node.needsCredential;
  return isStored && (isWider || isElsewhere(node, values)) ? originOf(node.url) ?? node.url : null;
}

/** @param {GatewayNode} node @param {Record<string, string|boolean>} values */
function isElsewhere(node, values) {
  const origin = originOf(textOf(values, 'url'));
  return origin !== null && origin !== originOf(node.url);
}

/** @param {string} text @returns {string|null} null: no address yet */
function originOf(text) {
  try {
    const { protocol, origin } = new URL(text);
    // A root's dot is the same place.
    return /^https?:$/.test(protocol) ? origin.replace(/\.(?=:\d+$|$)/, '') : null;
  } catch {
    return null;
  }
}

/** @param {Record<string, string|boolean|string[]>} values @returns {Record<string, any>} throws Unreadable */
export function keyWish(values) {
  const { models, bad } = parseModels(textOf(values, 'models'));
  if (bad !== null || models.some(({ to }) => to)) throw new Unreadable('models', 'models', bad ?? '');
  return {
    name: textOf(
      values,
      'name',
    ), scopes: values['scopes'], models: models.map(({ match }) => match), expiresAt: endOfDay(textOf(values, 'expiresAt')),
    requestsPerMinute: wholeNumber(values, 'requestsPerMinute'), tokensPerMinute: wholeNumber(values, 'tokensPerMinute'),
    concurrency: wholeNumber(values, 'concurrency'), budgetDay: money(values, 'budgetDay'), budgetMonth: money(values, 'budgetMonth'),
  };
}

/** @param {GatewayKey} key @param {Record<string, string|boolean|string[]>} values */
export function keyChange(key, values) {
  const wish = keyWish(values);
  // A day in the form is not the moment that is stored: only another day is a change.
  if (textOf(values, 'expiresAt') === dayText(key.expiresAt)) wish['expiresAt'] = key.expiresAt;
  return different(wish, { ...key, scopes: ordered(key.scopes) }, { scopes: ordered(wish['scopes'] ?? []) });
}

/** @param {Record<string, string|boolean>} values @returns {Record<string, any>} throws Unreadable */
export function priceWish(values) {
  /** @type {Record<string, any>} */
  const wish = { match: textOf(values, 'match'), source: textOf(values, 'source'), tierAbove: wholeNumber(values, 'tierAbove') ?? 0 };
  const from = startOfDay(textOf(values, 'effectiveFrom'));
  if (from !== null) wish['effectiveFrom'] = from;
  for (const name of ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h']) {
    const amount = money(values, name);
    if (amount !== null) wish[name] = amount;
  }
  return wish;
}

/**
 * @param {Record<string, any>} wish
 * @param {Record<string, any>} present
 * @param {Record<string, any>} [compared] what is compared in place of the wish's own value
 */
function different(wish, present, compared = {}) {
  const changed = Object.entries(wish).filter(([name, value]) => JSON.stringify(compared[name] ?? value ?? null) !== JSON.stringify(present[name] ?? null));
  return Object.fromEntries(changed);
}

/** @param {Record<string, string|boolean|string[]>} values @param {string} name */
function textOf(values, name) {
  const value = values[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** @param {Record<string, string|boolean|string[]>} values @param {string} name @returns {number|null} null: left empty */
function wholeNumber(values, name) {
  const text = textOf(values, name).replace(/[\s,，_]/g, '');
  if (text === '') return null;
  if (!/^\d{1,15}$/.test(text)) throw new Unreadable(name, 'number');
  return Number(text);
}

/** @param {Record<string, string|boolean|string[]>} values @param {string} name @returns {string|null} nano-dollars */
function money(values, name) {
  const text = textOf(values, name);
  if (text === '') return null;
  const nano = parseDollars(text);
  if (nano === null) throw new Unreadable(name, 'money');
  return String(nano);
}

/** @param {string} text @returns {number|null} */
export function startOfDay(text) {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match ? new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])).getTime() : null;
}

/**
 * The last moment of a day here.
 * @param {string} text
 */
function endOfDay(text) {
  const start = startOfDay(text);
  return start === null ? null : nextDay(start) - 1;
}

/** @param {number} start */
export const nextDay = (start) => new Date(new Date(start).getFullYear(), new Date(start).getMonth(), new Date(start).getDate() + 1).getTime();

/** @param {number|null} at @returns {string} for a date field */
export function dayText(at) {
  if (at === null) return '';
  const day = new Date(at);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
}

/** @param {readonly string[]} texts */
const ordered = (texts) => [...texts].sort();
