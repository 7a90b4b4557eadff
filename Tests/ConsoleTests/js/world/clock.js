// Time that stands still until a test moves it. After each alarm everything that became ready may run.

const settle = () => new Promise((done) => setImmediate(done));

export class ManualClock {
  #now;
  #alarms = new Set();
  #count = 0;
  #still = 0;

  constructor(now = 1_763_722_800_000) {
    this.#now = now;
    this.now = () => this.#now;
    this.after = (ms, act) => {
      const alarm = { by: process.env.TRACE && new Error().stack, at: this.#now + Math.max(0, ms), order: (this.#count += 1), act };
      this.#alarms.add(alarm);
      return () => void this.#alarms.delete(alarm);
    };
  }

  get pending() {
    return this.#alarms.size;
  }

  #first() {
    let first;
    for (const alarm of this.#alarms) if (!first || alarm.at < first.at || (alarm.at === first.at && alarm.order < first.order)) first = alarm;
    return first;
  }

  async advance(ms) {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = this.#first();
      if (!due || due.at > end) break;
      this.#alarms.delete(due);
      this.#still = due.at > this.#now ? 0 : this.#still + 1;
      if (this.#still > 5000) throw new Error(`time stands still: something waits 0 ms for ever\n${due.by ?? due.act}`);
      this.#now = Math.max(this.#now, due.at);
      due.act();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

// mulberry32: the same seed, the same world.
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
