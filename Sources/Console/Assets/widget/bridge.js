/**
 * The line to the page that frames the panel (widget/loader.js holds its other end). Only the framing window may give it, only once.
 *
 *   const bridge = await Bridge.connect(window);         // null when nobody frames us, or nobody answers
 *   bridge.isOpen, bridge.page, bridge.kept, bridge.identity
 *   bridge.on('open' | 'close' | 'identify', listener); bridge.say({ type: 'unread', count })
 *
 * @typedef {{name?: string, email?: string}} Identity
 */
import { Emitter } from '#/js/lib/emitter.js';

const PATIENCE = 3000;

export class Bridge extends Emitter {
  #port;

  /** @param {MessagePort} port @param {{isOpen?: boolean, page?: string, kept?: Record<string, string>, identity?: Identity|null}} welcome */
  constructor(port, { isOpen = false, page = '', kept = {}, identity = null }) {
    super();
    this.#port = port;
    this.isOpen = isOpen;
    this.page = page;
    this.kept = kept;
    this.identity = identity;
    port.onmessage = ({ data }) => this.#heard(data ?? {});
  }

  /**
   * @param {Window} window
   * @returns {Promise<Bridge|null>}
   */
  static connect(window) {
    if (window.parent === window) return Promise.resolve(null);
    return new Promise((done) => {
      const heard = (/** @type {MessageEvent} */ { source, data, ports: [port] }) => {
        if (source !== window.parent || data?.switchboard !== 'welcome' || !port) return;
        window.removeEventListener('message', heard);
        done(new Bridge(port, data));
      };
      window.addEventListener('message', heard);
      window.parent.postMessage({ switchboard: 'hello' }, '*'); // says nothing secret; frame-ancestors decides who may hear it
      setTimeout(() => done(null), PATIENCE);
    });
  }

  /** @param {Record<string, unknown>} message */
  say(message) {
    this.#port.postMessage(message);
  }

  /** @param {{type?: string, identity?: Identity}} message */
  #heard({ type, identity }) {
    if (type === 'open' || type === 'close') this.isOpen = type === 'open';
    if (type === 'open' || type === 'close' || type === 'identify') this.emit(type, identity);
  }
}
