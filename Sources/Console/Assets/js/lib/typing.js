/**
 * Who is typing (§9): what was heard expires by itself; what is said goes out at most once each 2 s.
 *
 *   const typing = new Typing({ clock, say, onChange });      // say(conversation, on); onChange(conversation)
 *   typing.heard(frame), typing.spoke(conversation, partyID)  // a message ends its author's typing
 *   typing.parties(conversation) → Party[]
 *   typing.keystroke(conversation), typing.stopped(conversation)   // the own composer
 *   typing.sent(conversation)  // the own message says by itself that nobody types; the next keystroke is told at once
 */
import { Alarm } from '#/js/lib/clock.js';
import { TIMES } from '#/js/lib/protocol.js';

/** @typedef {import('#/js/lib/protocol.js').Party} Party */

export class Typing {
  /** @type {Map<string, Map<string, {party: Party, alarm: Alarm}>>} */
  #heard = new Map();
  /** @type {Map<string, number>} */
  #said = new Map();
  #clock;
  #say;
  #onChange;

  /** @param {{clock: import('#/js/lib/clock.js').Clock, say: (conversation: string, on: boolean) => void, onChange: (conversation: string) => void}} options */
  constructor({ clock, say, onChange }) {
    this.#clock = clock;
    this.#say = say;
    this.#onChange = onChange;
  }

  /** @param {{conversation: string, on: boolean, by?: Party, ttlMs?: number}} frame */
  heard({ conversation, on, by, ttlMs = TIMES.typingLasts }) {
    if (!by) return;
    const key = by.id ?? by.type;
    if (!on) return this.spoke(conversation, key);
    const here = this.#heard.get(conversation) ?? new Map();
    const alarm = here.get(key)?.alarm ?? new Alarm(this.#clock, () => this.spoke(conversation, key));
    const isNew = !here.has(key);
    alarm.set(Math.min(ttlMs, 3 * TIMES.typingLasts));
    this.#heard.set(conversation, here.set(key, { party: by, alarm }));
    if (isNew) this.#onChange(conversation);
  }

  /** @param {string} conversation @param {string|undefined} key */
  spoke(conversation, key) {
    const here = this.#heard.get(conversation);
    const entry = here?.get(key ?? '');
    if (!here || !entry) return;
    entry.alarm.cancel();
    here.delete(key ?? '');
    this.#onChange(conversation);
  }

  /** @param {string} conversation @returns {Party[]} */
  parties(conversation) {
    return [...(this.#heard.get(conversation)?.values() ?? [])].map(({ party }) => party);
  }

  /** The connection is gone: nobody is known to type. */
  silence() {
    for (const [conversation, here] of this.#heard) for (const key of [...here.keys()]) this.spoke(conversation, key);
  }

  /** @param {string} conversation */
  keystroke(conversation) {
    const last = this.#said.get(conversation) ?? -Infinity;
    if (this.#clock.now() - last < TIMES.typingEvery) return;
    this.#said.set(conversation, this.#clock.now());
    this.#say(conversation, true);
  }

  /** @param {string} conversation */
  sent(conversation) {
    this.#said.delete(conversation);
  }

  /** @param {string} conversation */
  stopped(conversation) {
    const last = this.#said.get(conversation);
    this.sent(conversation);
    if (last !== undefined && this.#clock.now() - last < TIMES.typingLasts) this.#say(conversation, false);
  }
}
