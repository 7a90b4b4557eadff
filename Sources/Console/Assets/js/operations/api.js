/**
 * What operations may ask the server (docs/operations.md). Times in milliseconds since 1970; texts in the language that is asked for.
 *
 * @typedef {{id: string, at: number, cause: string, unplanned: boolean, uptime?: number, sentence: string, similar: number}} End
 * @typedef {{at: number, exitCode: number, sentence: string}} RefusedStart
 * @typedef {{now: number, startedAt: number, foundedAt: number, items: End[], refusal?: RefusedStart}} Ends
 * @typedef {{text: string, own: boolean, kind: 'call'|'async'|'inlined'|'omitted'}} Frame
 * @typedef {{kind: string, request?: string, bytes: number, age?: number, suspect: boolean}} InFlight
 * @typedef {{end: End, evidence: {name: string, value: string}[], remedies: string[], frames: Frame[], threads: string[],
 *   inFlight: InFlight[], log: {at: number, level: string, text: string}[]}} EndDetail
 */

export class OperationsAPI {
  #http;

  /** @param {import('#/js/api/http.js').ConsoleHTTP} http */
  constructor(http) {
    this.#http = http;
  }

  /** @param {string} language @returns {Promise<Ends>} the newest first */
  ends = (language) => this.#http.get(`/api/operations/ends?language=${language}`);
  /** @param {string} id @param {string} language @returns {Promise<EndDetail>} */
  end = (id, language) => this.#http.get(`/api/operations/ends/${encodeURIComponent(id)}?language=${language}`);
}
