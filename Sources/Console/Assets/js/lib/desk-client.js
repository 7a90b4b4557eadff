/** The staff's Desk: with the feed of its lists. Everything else, and the whole API, is in desk.js. */
import { Desk } from '#/js/lib/desk.js';
import { Feed } from '#/js/lib/feed.js';

export class DeskClient extends Desk {
  /** @param {import('#/js/lib/desk.js').Options} options */
  constructor(options) {
    super({ makeFeed: (clock) => new Feed(clock), ...options });
  }
}
