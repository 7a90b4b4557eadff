/**
 * What a key means in a composer: Enter sends, Shift+Enter is a new line, and nothing is sent while an input method composes. Chromium and
 * Firefox say `isComposing`, old ones keyCode 229; Safari fires `compositionend` *before* the keydown of the Enter that ended it.
 *
 *   const stop = composerKeys(textarea, { send() {…}, escape() {…}, mode: 'enter' | 'mod-enter' });
 *   new ComposerKeys({ now }): .compositionEnded(), .meaning(event) → 'send' | 'newline' | 'escape' | null     // the rule alone
 */

/** How long after `compositionend` an Enter still belongs to the input method (Safari: 0–20 ms). */
const SETTLING = 80;

/** @typedef {{key: string, isComposing?: boolean, keyCode?: number, shiftKey?: boolean, altKey?: boolean, ctrlKey?: boolean, metaKey?: boolean, repeat?: boolean}} Key */

export class ComposerKeys {
  #now;
  #mode;
  #composing = false;
  #endedAt = -Infinity;

  /** @param {{now?: () => number, mode?: 'enter'|'mod-enter'}} options now: milliseconds, any origin */
  constructor({ now = () => performance.now(), mode = 'enter' } = {}) {
    this.#now = now;
    this.#mode = mode;
  }

  compositionStarted() {
    this.#composing = true;
  }

  compositionEnded() {
    this.#composing = false;
    this.#endedAt = this.#now();
  }

  /**
   * @param {Key} event
   * @returns {'send'|'newline'|'escape'|null}
   */
  meaning(event) {
    if (this.#composing || event.isComposing || event.keyCode === 229) return null;
    if (this.#now() - this.#endedAt < SETTLING) return null;
    if (event.key === 'Escape') return 'escape';
    if (event.key !== 'Enter') return null;
    if (event.ctrlKey || event.metaKey) return event.repeat ? null : 'send';
    if (event.shiftKey || event.altKey || this.#mode === 'mod-enter') return 'newline';
    return event.repeat ? null : 'send';
  }
}

/**
 * Wires the rule to a text field. The answer unwires it.
 * @param {HTMLTextAreaElement|HTMLInputElement} field
 * @param {{send: () => void, escape?: () => void, mode?: 'enter'|'mod-enter'}} acts
 * @returns {() => void}
 */
export function composerKeys(field, { send, escape, mode }) {
  const keys = new ComposerKeys({ mode });
  const stop = new AbortController();
  const options = { signal: stop.signal };
  field.addEventListener('compositionstart', () => keys.compositionStarted(), options);
  field.addEventListener('compositionend', () => keys.compositionEnded(), options);
  const down = (/** @type {Event} */ event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const meaning = keys.meaning(event);
    if (meaning === 'send') {
      event.preventDefault();
      send();
    } else if (meaning === 'escape' && escape) {
      event.preventDefault();
      escape();
    }
  };
  field.addEventListener('keydown', down, options);
  return () => stop.abort();
}
