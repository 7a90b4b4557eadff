/** The console's requests: as the library makes them, and whoever is signed out by the server's word is told at once. */
import { HTTP, Problem } from '#/js/lib/http.js';

export { Problem };

export class ConsoleHTTP extends HTTP {
  #signedOut;
  #heard;

  /** @param {{signedOut: () => void, heard?: (path: string, answer: any) => void, fetch?: typeof fetch}} options heard: every good answer to a GET */
  constructor({ signedOut, heard = () => {}, fetch }) {
    super({ fetch });
    this.#signedOut = signedOut;
    this.#heard = heard;
  }

  /**
   * @override
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {import('#/js/lib/http.js').Asking} [options]
   */
  async request(method, path, body, options) {
    try {
      const answer = await super.request(method, path, body, options);
      if (method === 'GET') this.#heard(path, answer);
      return answer;
    } catch (error) {
      if (error instanceof Problem && error.status === 401 && error.code === 'people.signed_out') this.#signedOut();
      throw error;
    }
  }
}
