/**
 * What every page is handed: who is signed in, the desk's client, where one is and how to go elsewhere. It draws nothing.
 *
 *   console.place, console.go('/inbox/mine'), console.replace(path)
 *   console.team, console.client, console.inbox       // null until somebody is signed in
 *   emits 'place' (the address changed), 'member' (signed in, out, or the language changed)
 */
import { API } from '#/js/api/api.js';
import { ConsoleHTTP } from '#/js/api/http.js';
import { DeskClient } from '#/js/lib/desk-client.js';
import { Drafts, browserStore } from '#/js/lib/storage.js';
import { Emitter } from '#/js/lib/emitter.js';
import { staffRoutes } from '#/js/lib/routes.js';
import { Alerts } from '#/js/models/alerts.js';
import { Customers } from '#/js/models/customers.js';
import { Inbox } from '#/js/models/inbox.js';
import { Preferences } from '#/js/models/preferences.js';
import { Team } from '#/js/models/team.js';
import { overtaken } from '#/js/models/replies.js';
import { isDoor, pathTo, placeOf, safeReturn } from '#/js/models/router.js';
import { languageFor, speak, words } from '#/js/models/words.js';

/** @typedef {import('#/js/models/router.js').Place} Place */
/** @typedef {{team: Team, client: DeskClient, inbox: Inbox, drafts: Drafts, customers: Customers, alerts: Alerts}} Desk everything that exists only while signed in */

/** Where to go back to after the session has ended in mid-work; kept for this tab only. */
const RETURN = 'switchboard.return';

/** Counting is cheap for the server, but not once a keystroke. */
const COUNT_PAUSE = 1500;

/** Lists that are younger are not asked for again. */
const FRESH = 5000;

export class Console extends Emitter {
  store = browserStore(() => window.localStorage);
  preferences = new Preferences(this.store);
  /** @type {Desk|null} */ desk = null;
  // Why the sign-in page is shown.
  /** @type {'expired'|'bye'|null} */ farewell = null;
  /** @type {Place} */ place = placeOf(location.pathname);
  /** @type {(() => void)[]} */ #stops = [];
  #counting = false;
  #refreshedAt = 0;
  #strangers = /** @type {Set<string>} */ (new Set());

  constructor() {
    super();
    this.customers = new Customers();
    this.http = new ConsoleHTTP({ signedOut: () => this.#expired(), heard: (path, answer) => this.customers.learn(path, answer) });
    this.api = new API(this.http);
    window.addEventListener('popstate', () => this.#arrive());
    this.preferences.on('change', () => this.#showTheme());
    this.speakAs(null);
  }

  /** As js/theme.js does before the first paint. */
  #showTheme() {
    const { theme } = this.preferences;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }

  /** @param {'en'|'zh'|null} language the member's; null: nobody's, so the browser's or what was chosen at the door */
  speakAs(language) {
    const spoken = languageFor(language ?? this.preferences.language, navigator.languages);
    speak(spoken);
    document.documentElement.lang = spoken === 'zh' ? 'zh-CN' : 'en';
  }

  /** @param {string} path */
  go(path) {
    if (path === location.pathname + location.hash) return;
    history.pushState({ from: location.pathname }, '', path);
    this.#arrive();
  }

  /** @param {string} path */
  replace(path) {
    history.replaceState(history.state, '', path);
    this.#arrive();
  }

  /**
   * To the place above: by going back where one came from there, so that the browser's own back button agrees.
   * @param {Place} above
   */
  back(above) {
    const path = pathTo(above);
    if (history.state?.from === path) history.back();
    else this.go(path);
  }

  #arrive() {
    const before = this.place;
    this.place = placeOf(location.pathname);
    this.emit('place', before);
  }

  /**
   * Somebody is signed in: everything that belongs to them begins.
   * @param {import('#/js/api/api.js').Member} me
   * @param {import('#/js/api/api.js').Workspace} workspace
   * @param {string} [path] where to go first
   */
  async enter(me, workspace, path = location.pathname) {
    this.leave();
    history.replaceState(history.state, '', path);
    this.place = placeOf(location.pathname);
    const { api, store, http } = this;
    const team = new Team({ api, me, workspace });
    const client = new DeskClient({ routes: staffRoutes, http, store, scope: me.id });
    const inbox = new Inbox({ api, feed: () => client.feed, me: me.id, view: this.preferences.view });
    this.desk = { team, client, inbox, drafts: new Drafts(store, me.id), customers: this.customers, alerts: new Alerts({ me: me.id }) };
    this.farewell = null;
    this.preferences.language = me.language;
    this.speakAs(me.language);
    this.#stops = [client.watch(window), client.on('state', (state) => state === 'signed-out' && this.#expired()), ...this.#follow(this.desk)];
    this.emit('member');
    this.#refreshedAt = 0;
    this.#refresh(team);
    await client.start();
  }

  /**
   * A new member goes on in the language in which they came in. Failing that is no reason to stop them.
   * @param {import('#/js/api/api.js').Member} member
   */
  async inThisLanguage(member) {
    return member.language === words.language ? member : this.api.changeMe({ language: words.language }).catch(() => member);
  }

  /**
   * The lists follow the feed.
   * @param {Desk} desk
   */
  #follow({ client, inbox, team, alerts }) {
    return [
      client.on('feed', (change) => {
        if (change?.reset) {
          alerts.learn(client.feed.rows.values());
          void inbox.restart();
          return;
        }
        if (change?.shops?.length) void team.refreshShops().catch(() => {});
        const rows = change.rows.map((/** @type {string} */ id) => client.feed.row(id)).filter(Boolean);
        for (const row of alerts.news(rows, { watching: this.watching })) this.emit('alert', row);
        inbox.emit('change');
        this.#countSoon();
      }),
      client.on('ready', () => this.#refresh(team)),
      client.on('log', ({ events }) => this.#meet(team, events)),
      client.on('mark', () => (inbox.emit('change'), this.#countSoon())),
      client.on('stale', ({ clientID, events }) => {
        if (overtaken(events, team.me.id).length === 0) queueMicrotask(() => client.retry(clientID));
      }),
    ];
  }

  /**
   * Names of members and shops: at once, and again with every connection; so what failed or was missed comes later.
   * @param {Team} team
   */
  #refresh(team) {
    if (Date.now() - this.#refreshedAt < FRESH) return;
    this.#refreshedAt = Date.now();
    void team.refresh().catch(() => (this.#refreshedAt = 0));
  }

  /**
   * Somebody speaks who has joined since.
   * @param {Team} team
   * @param {import('#/js/lib/protocol.js').DeskEvent[]} events
   */
  #meet(team, events) {
    const strangers = events.flatMap(({ by }) => (by.type === 'member' && by.id && !team.members.has(by.id) && !this.#strangers.has(by.id) ? [by.id] : []));
    if (strangers.length === 0) return;
    for (const id of strangers) this.#strangers.add(id);
    void team.refreshMembers().catch(() => {});
  }

  /** The conversation that is open before somebody's eyes. */
  get watching() {
    return this.place.name === 'conversation' && document.visibilityState === 'visible' && document.hasFocus() ? (this.place.id ?? null) : null;
  }

  #countSoon() {
    if (this.#counting) return;
    this.#counting = true;
    setTimeout(() => {
      this.#counting = false;
      void this.desk?.inbox.count();
    }, COUNT_PAUSE);
  }

  /** Drafts and the outbox stay in the browser's storage, under the member's id. */
  leave() {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.desk?.client.stop();
    this.desk = null;
    this.customers.clear();
  }

  async signOut() {
    await this.api.signOut();
    this.leave();
    this.farewell = 'bye';
    this.#forgetReturn();
    this.replace('/signin');
    this.emit('member');
  }

  #expired() {
    if (isDoor(this.place) || !this.desk) return;
    this.#keepReturn();
    this.leave();
    this.farewell = 'expired';
    this.replace('/signin');
    this.emit('member');
  }

  /** Signing in was asked for by an address: that is where it leads afterwards. */
  askToSignIn() {
    if (this.place.name !== 'home') this.#keepReturn();
    this.replace('/signin');
  }

  #keepReturn() {
    try {
      sessionStorage.setItem(RETURN, location.pathname);
    } catch {
      // without storage one lands in the inbox
    }
  }

  #forgetReturn() {
    try {
      sessionStorage.removeItem(RETURN);
    } catch {
      // nothing was kept
    }
  }

  /** @returns {string} */
  takeReturn() {
    try {
      const path = safeReturn(sessionStorage.getItem(RETURN));
      this.#forgetReturn();
      return path;
    } catch {
      return '/';
    }
  }
}
