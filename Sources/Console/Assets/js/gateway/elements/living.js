/** A part of a page that follows something while it is shown, and no longer. */

export class Living extends HTMLElement {
  #begin;
  /** @type {(() => void)[]} */ #stops = [];

  /** @param {Node} content @param {() => (() => void)[]} begin what to follow; answers how to stop */
  constructor(content, begin) {
    super();
    this.className = 'living';
    this.append(content);
    this.#begin = begin;
  }

  connectedCallback() {
    this.#stops = this.#begin();
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }
}

customElements.define('sb-living', Living);

/**
 * However often it is asked for, at most once per frame of the screen; never while the page is hidden.
 * @param {() => void} draw
 */
export function coalesced(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

/**
 * Each second, for what counts.
 * @param {() => void} act
 */
export function everySecond(act) {
  const timer = setInterval(act, 1000);
  return () => clearInterval(timer);
}
