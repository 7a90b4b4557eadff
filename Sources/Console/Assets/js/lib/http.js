/**
 * Requests with JSON in and out; failures as values that a page can speak of.
 *
 *   const http = new HTTP({ base: '', fetch, clock, credential? });
 *   await http.get(path, { signal?, wait?, again?, keepalive? }) / .post(path, body, { … }) / .patch / .put / .delete      → the JSON, or null for 204
 *   throws Problem { status, code, detail, errors, retryAfterMs, body }; status 0 and code "unreachable" when no answer came
 *
 * `credential` (visitors only) gives the Authorization header, and a new one when the server no longer knows it; the request is then
 * made once more.
 *
 * @typedef {{signal?: AbortSignal, wait?: number, again?: number, keepalive?: boolean}} Asking
 *   wait: milliseconds before giving up; again: milliseconds after which what does not answer is asked once more beside it (only for what may
 *   be done twice); keepalive: goes out although the page is being left
 * @typedef {{header: () => Promise<string|null>, refused: (used: string|null) => Promise<boolean>}} Credential
 */

import { Alarm, systemClock } from '#/js/lib/clock.js';

const WAITS = 20_000;

export class Problem extends Error {
  /** @param {{status: number, code: string, detail?: string, errors?: any[], retryAfterMs?: number, body?: any}} fields */
  constructor({ status, code, detail = '', errors = [], retryAfterMs, body }) {
    super(detail || code);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.detail = detail;
    /** @type {{field: string, code: string, detail: string}[]} */
    this.errors = errors;
    this.retryAfterMs = retryAfterMs;
    this.body = body;
  }

  /** The same request may succeed later. */
  get isTransient() {
    return this.status === 0 || this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500;
  }
}

export class HTTP {
  #base;
  #fetch;
  #credential;
  #clock;

  /** @param {{base?: string, fetch?: typeof fetch, credential?: Credential, clock?: import('#/js/lib/clock.js').Clock}} options */
  constructor({ base = '', fetch = (...input) => globalThis.fetch(...input), credential, clock = systemClock } = {}) {
    this.#base = base;
    this.#fetch = fetch;
    this.#credential = credential;
    this.#clock = clock;
  }

  /** @param {string} path @param {Asking} [options] */
  get(path, options) {
    return this.request('GET', path, undefined, options);
  }

  /** @param {string} path @param {unknown} [body] @param {Asking} [options] */
  post(path, body, options) {
    return this.request('POST', path, body, options);
  }

  /** @param {string} path @param {unknown} body */
  patch(path, body) {
    return this.request('PATCH', path, body);
  }

  /** @param {string} path @param {unknown} body */
  put(path, body) {
    return this.request('PUT', path, body);
  }

  /** @param {string} path */
  delete(path) {
    return this.request('DELETE', path);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {Asking & {authorization?: string}} options authorization: instead of the credential's
   * @returns {Promise<any>}
   */
  async request(method, path, body, options = {}) {
    const header = options.authorization ?? (await this.#credential?.header()) ?? null;
    try {
      return await this.#patiently(method, path, body, header, options);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401 || !this.#credential || !(await this.#credential.refused(header))) throw error;
      return this.#patiently(method, path, body, await this.#credential.header(), options);
    }
  }

  /**
   * A kept connection may have died without a word, and a request on it waits for nothing: another beside it gets another connection. The first
   * answer counts, the rest is given up.
   * @param {string} method @param {string} path @param {unknown} body @param {string|null} authorization @param {Asking} options
   * @returns {Promise<any>}
   */
  #patiently(method, path, body, authorization, options) {
    const { again, signal } = options;
    if (!again) return this.#once(method, path, body, authorization, options);
    const all = new AbortController();
    signal?.addEventListener('abort', () => all.abort(), { once: true });
    return new Promise((done, fail) => {
      const ended = (/** @type {(value: any) => void} */ settle) => (/** @type {any} */ value) => {
        later.cancel();
        settle(value);
        all.abort();
      };
      let patience = again;
      const ask = () => {
        later.set(patience);
        patience *= 1.5;
        this.#once(method, path, body, authorization, { ...options, signal: all.signal }).then(ended(done), ended(fail));
      };
      const later = new Alarm(this.#clock, ask);
      if (signal?.aborted) all.abort();
      ask();
    });
  }

  /** @param {string} method @param {string} path @param {unknown} body @param {string|null} authorization @param {Asking} options */
  async #once(method, path, body, authorization, { signal, wait = WAITS, keepalive }) {
    /** @type {Record<string, string>} */
    const headers = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (authorization) headers['authorization'] = authorization;
    const limit = new AbortController();
    const inTime = this.#clock.after(wait, () => limit.abort());
    const stop = () => limit.abort();
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const answer = await this.#fetch(this.#base + path, { method, headers, body: payload, signal: limit.signal, keepalive, cache: 'no-store' });
      return await read(answer);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem({ status: 0, code: 'unreachable', detail: error instanceof Error ? error.message : '' });
    } finally {
      inTime();
      signal?.removeEventListener('abort', stop);
    }
  }
}

/** @param {Response} answer */
async function read(answer) {
  const words = answer.status === 204 ? '' : await answer.text();
  const body = parse(words);
  if (answer.ok) {
    if (words !== '' && body === undefined) throw new Problem({ status: 502, code: 'not_json', detail: 'the answer is not JSON' });
    return body ?? null;
  }
  const seconds = Number(answer.headers.get('retry-after') ?? NaN);
  const fields = body && typeof body === 'object' ? body : {};
  throw new Problem({
    status: answer.status,
    code: typeof fields.code === 'string' ? fields.code : `http.${answer.status}`,
    detail: typeof fields.detail === 'string' ? fields.detail : '',
    errors: Array.isArray(fields.errors) ? fields.errors : [],
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : fields.retryAfterMs,
    body,
  });
}

/** @param {string} words @returns {any} */
function parse(words) {
  try {
    return words === '' ? null : JSON.parse(words);
  } catch {
    return undefined;
  }
}
