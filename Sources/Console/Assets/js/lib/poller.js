/**
 * Long polling with the same cursors and frames as a socket (§12), for where no socket comes through.
 *
 *   const poller = new Poller({ clock, poll, onFrame, onUp, onLost });     // poll(waitSeconds, signal) → { frames }
 *   poller.start(), poller.stop(), poller.isRunning
 *
 * `onFrame` may answer a promise (a snapshot after a reset): the next poll waits for it, so that it asks with the new cursors.
 *
 * @typedef {import('#/js/lib/protocol.js').Frame} Frame
 */

const WAIT = 25;

/** Answers that come at once and again and again must not become a storm. */
const PAUSE = 1000;

export class Poller {
  #options;
  /** @type {AbortController|null} */
  #running = null;

  /**
   * @param {{clock: import('#/js/lib/clock.js').Clock, poll: (wait: number, signal: AbortSignal) => Promise<{frames: Frame[]}>,
   *   onFrame: (frame: Frame) => void|Promise<void>, onUp: () => void, onLost: (problem: unknown) => void}} options
   */
  constructor(options) {
    this.#options = options;
  }

  get isRunning() {
    return this.#running !== null;
  }

  start() {
    if (this.#running) return;
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    const { clock, poll, onFrame, onUp, onLost } = this.#options;
    try {
      for (let wait = 0; !signal.aborted; wait = WAIT) {
        const began = clock.now();
        const { frames } = await poll(wait, signal);
        for (const frame of frames) if (!signal.aborted) await onFrame(frame);
        if (signal.aborted) return;
        if (wait === 0) onUp();
        else if (clock.now() - began < PAUSE) await new Promise((/** @type {(value?: undefined) => void} */ done) => clock.after(frames.length > 1 ? 50 : PAUSE, done));
      }
    } catch (problem) {
      if (signal.aborted) return;
      this.#running = null;
      onLost(problem);
    }
  }
}
