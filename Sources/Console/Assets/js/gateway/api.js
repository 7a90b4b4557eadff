/**
 * docs/gateway-api.md as functions: what the gateway's places may ask for. Money comes and goes as a text of nano-dollars.
 *
 * @typedef {'anthropic'|'openai'} Family
 * @typedef {'healthy'|'cooling'|'half_open'|'dead'|'disabled'|'draining'|'unknown'} NodeState
 * @typedef {{state: NodeState, code: string|null, words: string, until: number|null, since: number|null, lastSuccessAt: number|null,
 *   lastProbeAt: number|null, inFlight: number, firstByteMs: number|null, errorShare: number|null}} Health
 * @typedef {{requests: number, failures: number, inputTokens: number, outputTokens: number, cost: string|null}} NodeDay
 * @typedef {{at: number, state: 'healthy'|'troubled'|'down'|'none'}} Cell
 * @typedef {{match: string, to?: string|null}} ModelLine
 * @typedef {{id: string, name: string, url: string, family: Family, provider: string, auth: 'x-api-key'|'bearer', hasCredential: boolean, needsCredential?: boolean,
 *   priority: number, weight: number, enabled: boolean, draining: boolean, maxConcurrency: number|null, models: ModelLine[],
 *   healthMethod: 'api'|'head'|'count'|'cli', healthModel: string, rateDomain: string|null, cacheDomain: string|null,
 *   allowPrivate: boolean, allowLoopback: boolean, createdAt: number, version: number, health: Health, today?: NodeDay, timeline?: Cell[]}} GatewayNode
 * @typedef {{ok: boolean, ms: number, method: string, status: number|null, code: string|null, detail: string|null}} ProbeResult
 * @typedef {{at: number, from: string|null, to: string, code: string|null, words: string, source: string, ms: number|null}} HistoryLine
 * @typedef {{id: string, name: string, prefix: string, scopes: string[], models: string[], expiresAt: number|null, requestsPerMinute: number|null,
 *   tokensPerMinute: number|null, concurrency: number|null, budgetDay: string|null, budgetMonth: string|null, active: boolean, createdAt: number,
 *   createdBy: string, lastUsedAt: number|null, lost?: boolean, today: {requests: number, cost: string|null}, month: {requests: number, cost: string|null}, key?: string}} GatewayKey
 * @typedef {{id: string, name: string|null}} Named
 * @typedef {'open'|'completed'|'failed'|'refused'|'cancelled'|'interrupted'} RequestStatus
 * @typedef {{id: string, at: number, key: Named|null, model: string, mappedModel: string|null, operation: string, stream: boolean,
 *   status: RequestStatus, httpStatus: number|null, code: string|null, node: Named|null, attempts: number, firstByteMs: number|null,
 *   durationMs: number|null, inputTokens: number|null, outputTokens: number|null, cacheReadTokens: number|null, cacheWriteTokens: number|null,
 *   cost: string|null, priced: boolean}} GatewayRequest
 * @typedef {{node: Named|null, at: number, certainty: string|null, outcome: string|null, httpStatus: number|null, ms: number|null, suspectedCharge: boolean, reason?: string|null}} Try
 * @typedef {{kind: string, tokens: number, perMillion: string, cost: string}} PriceLine
 * @typedef {GatewayRequest & {tries?: Try[], decision?: {at: number, words: string, wordsZh?: string}[], usage?: Record<string, number|null>|null, priceLines?: PriceLine[], tier?: string}} RequestDetail
 * @typedef {{requests: number, failures: number, inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number,
 *   cost: string|null, unpriced: number}} Figures
 * @typedef {Figures & {name: string, id: string|null}} UsageItem
 * @typedef {{items: UsageItem[], total: Figures, unpricedModels: string[]}} UsageReport
 * @typedef {{id: string, match: string, effectiveFrom: number, tierAbove: number, input: string, output: string, cacheRead: string,
 *   cacheWrite5m: string, cacheWrite1h: string, source: string, thirdParty: boolean, own: boolean}} Price
 * @typedef {{requests: number, before: string, after: string, changed: number, models: {model: string, requests: number, before: string, after: string}[]}} Rerating
 * @typedef {{key: string, value: string, default: string, origin: 'default'|'environment'|'console', unit: string|null, meaning: string,
 *   meaningZh?: string, accepted?: string, editable?: boolean}} Setting
 * @typedef {{at: number, who: Named|null, origin: string, action: string, subject: string, name: string,
 *   changes: {field: string, from: string|null, to: string|null}[]}} AuditLine
 * @typedef {{at: number, requests: number, failures: number, inputTokens: number, outputTokens: number}} Rate
 */

/** @template T @typedef {{items: T[], next: string|null}} Page */

export class GatewayAPI {
  #http;

  /** @param {import('#/js/api/http.js').ConsoleHTTP} http */
  constructor(http) {
    this.#http = http;
  }

  /** @returns {Promise<GatewayNode[]>} in routing order */
  nodes = async () => (await this.#http.get('/api/gateway/nodes')).items;
  /** @param {string} id @returns {Promise<GatewayNode>} */
  node = (id) => this.#http.get(`/api/gateway/nodes/${part(id)}`);
  /** @param {object} wish @returns {Promise<GatewayNode>} */
  createNode = (wish) => this.#http.post('/api/gateway/nodes', wish);
  /** @param {string} id @param {object} change @returns {Promise<GatewayNode>} */
  changeNode = (id, change) => this.#http.patch(`/api/gateway/nodes/${part(id)}`, change);
  /** @param {string} id */
  deleteNode = (id) => this.#http.delete(`/api/gateway/nodes/${part(id)}`);
  /** @param {string[][]} groups @returns {Promise<GatewayNode[]>} */
  orderNodes = async (groups) => (await this.#http.put('/api/gateway/nodes/order', { groups })).items;
  /** @param {string} id @param {'enable'|'disable'|'drain'|'undrain'} step @returns {Promise<GatewayNode>} */
  stepNode = (id, step) => this.#http.post(`/api/gateway/nodes/${part(id)}/${step}`);
  /**
   * A probe may take 30 s.
   * @param {string} id
   * @returns {Promise<ProbeResult>}
   */
  testNode = (id) => this.#http.post(`/api/gateway/nodes/${part(id)}/test`, undefined, { wait: 40_000 });
  /** @param {string} id @param {string|null} [cursor] @returns {Promise<Page<HistoryLine>>} */
  nodeHistory = (id, cursor) => this.#http.get(`/api/gateway/nodes/${part(id)}/history?${query({ cursor, limit: 50 })}`);
  /** @param {string} id @returns {Promise<{items: string[], at: number}>} */
  nodeModels = (id) => this.#http.get(`/api/gateway/nodes/${part(id)}/models`, { wait: 40_000 });

  /**
   * Where programs find the gateway: as the server's settings say, else as this page does.
   * @returns {Promise<{anthropic: string, openai: string}>}
   */
  address = async () => {
    const { anthropic, openai } = await this.#http.get('/api/gateway/address');
    return { anthropic: anthropic ?? location.origin, openai: openai ?? `${location.origin}/v1` };
  };

  /** @param {string|null} [cursor] @returns {Promise<Page<GatewayKey>>} */
  keys = (cursor) => this.#http.get(`/api/gateway/keys?${query({ cursor, limit: 200 })}`);
  /** @param {string} id @returns {Promise<GatewayKey>} */
  key = (id) => this.#http.get(`/api/gateway/keys/${part(id)}`);
  /** @param {object} wish @returns {Promise<GatewayKey & {key: string}>} */
  createKey = (wish) => this.#http.post('/api/gateway/keys', wish);
  /** @param {string} id @param {object} change @returns {Promise<GatewayKey>} */
  changeKey = (id, change) => this.#http.patch(`/api/gateway/keys/${part(id)}`, change);
  /** @param {string} id @returns {Promise<GatewayKey>} */
  revokeKey = (id) => this.#http.post(`/api/gateway/keys/${part(id)}/revoke`);

  /** @param {Record<string, string|number|null|undefined>} wish @returns {Promise<Page<GatewayRequest>>} */
  requests = (wish) => this.#http.get(`/api/gateway/requests?${query({ limit: 50, ...wish })}`);
  /** @param {string} id @returns {Promise<RequestDetail>} */
  request = (id) => this.#http.get(`/api/gateway/requests/${part(id)}`);
  /** @param {{from: number, to: number, by: string, zone: string}} wish @returns {Promise<UsageReport>} */
  usage = (wish) => this.#http.get(usagePath(wish));

  /** @returns {Promise<Price[]>} */
  prices = async () => (await this.#http.get('/api/gateway/prices')).items;
  /** @param {object} wish @returns {Promise<Price>} */
  addPrice = (wish) => this.#http.post('/api/gateway/prices', wish);
  /** @param {string} id */
  deletePrice = (id) => this.#http.delete(`/api/gateway/prices/${part(id)}`);
  /**
   * A long period takes long.
   * @param {{from: number, to: number, apply: boolean}} wish
   * @returns {Promise<Rerating>}
   */
  rerate = (wish) => this.#http.post('/api/gateway/prices/rerate', wish, { wait: 300_000 });

  /** @returns {Promise<Setting[]>} */
  settings = async () => (await this.#http.get('/api/gateway/settings')).items;
  /** @param {Record<string, string|null>} change */
  changeSettings = (change) => this.#http.patch('/api/gateway/settings', change);
  /** @param {string|null} [cursor] @returns {Promise<Page<AuditLine>>} */
  audit = (cursor) => this.#http.get(`/api/gateway/audit?${query({ cursor, limit: 50 })}`);
}

/** @param {{from: number, to: number, by: string, zone: string}} wish */
export const usagePath = (wish) => `/api/gateway/usage?${query(wish)}`;

/** @param {string} id */
const part = (id) => encodeURIComponent(id);

/** @param {Record<string, string|number|null|undefined>} values */
function query(values) {
  const pairs = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
}
