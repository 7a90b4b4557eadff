/**
 * What every page is handed: who is signed in, where one is and how to go elsewhere. It draws nothing.
 *
 *   console.place, console.go('/inbox/mine'), console.replace(path), console.back(place)
 *   console.desk                 // DeskSession; null until somebody is signed in
 *   console.enter(me, workspace, path), console.signOut()
 *   emits 'place' (the address changed), 'member' (signed in, out, or the language changed), 'alert' (Row), 'door' (draw it anew)
 */
import { API } from '#/js/api/api.js';
import { ConsoleHTTP } from '#/js/api/http.js';
import { DeskSession } from '#/js/desk-session.js';
import { browserStore } from '#/js/lib/storage.js';
import { Emitter } from '#/js/lib/emitter.js';
import { Customers } from '#/js/models/customers.js';
import { Preferences } from '#/js/models/preferences.js';
import { ReturnPath } from '#/js/models/return-path.js';
import { isDoor, pathTo, placeOf } from '#/js/models/router.js';
import { languageFor, speak, words } from '#/js/models/words.js';

/** @typedef {import('#/js/models/router.js').Place} Place */
/** @typedef {import('#/js/api/api.js').Member} Member */

export class Console extends Emitter {
  store = browserStore(() => window.localStorage);
  preferences = new Preferences(this.store);
  returnPath = new ReturnPath(browserStore(() => window.sessionStorage));
  customers = new Customers();
  /** @type {DeskSession|null} */ desk = null;
  /** @type {'expired'|'bye'|null} */ farewell = null; // why the sign-in page is shown
  /** @type {Place} */ place = placeOf(location.pathname + location.search);

  constructor() {
    super();
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
    speak(spoken, navigator.languages);
    document.documentElement.lang = spoken === 'zh' ? 'zh-CN' : 'en';
  }

  /** @param {string} path */
  go(path) {
    if (path === address()) return;
    history.pushState({ from: location.pathname + location.search }, '', path);
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
    this.place = placeOf(location.pathname + location.search);
    this.emit('place', before);
  }

  /**
   * Somebody is signed in: everything that belongs to them begins.
   * @param {Member} me
   * @param {import('#/js/api/api.js').Workspace} workspace
   * @param {string} [path] where to go first
   */
  async enter(me, workspace, path = address()) {
    this.leave();
    history.replaceState(history.state, '', path);
    this.place = placeOf(location.pathname + location.search);
    const { api, http, store, customers, preferences } = this;
    const watching = () => this.#watching;
    const desk = new DeskSession({ api, http, store, customers, me, workspace, view: preferences.view, watching });
    desk.on('signed-out', () => this.#expired());
    desk.on('alert', (row) => this.emit('alert', row));
    this.desk = desk;
    this.farewell = null;
    preferences.language = me.language;
    this.speakAs(me.language);
    this.emit('member');
    await desk.start();
  }

  /**
   * A new member goes on in the language in which they came in. Failing that is no reason to stop them.
   * @param {Member} member
   */
  async inThisLanguage(member) {
    return member.language === words.language ? member : this.api.changeMe({ language: words.language }).catch(() => member);
  }

  leave() {
    this.desk?.stop();
    this.desk = null;
  }

  async signOut() {
    await this.api.signOut();
    this.returnPath.forget();
    this.#toSignIn('bye');
  }

  /** Signing in was asked for by an address: that is where it leads afterwards. */
  askToSignIn() {
    if (this.place.name !== 'home') this.returnPath.keep(address());
    this.replace('/signin');
  }

  /** In mid-work: afterwards one is back in the same place. */
  #expired() {
    if (isDoor(this.place) || !this.desk) return;
    this.returnPath.keep(address());
    this.#toSignIn('expired');
  }

  /** @param {'expired'|'bye'} farewell */
  #toSignIn(farewell) {
    this.leave();
    this.farewell = farewell;
    history.replaceState(null, '', '/signin');
    this.place = placeOf('/signin');
    this.emit('member');
  }

  get #watching() {
    const looking = document.visibilityState === 'visible' && document.hasFocus();
    return looking && this.place.name === 'conversation' ? this.place.id ?? null : null;
  }
}

/** Where the browser is: gateway pages keep their choices in the fragment, the search keeps its words in the query. */
const address = () => location.pathname + location.search + location.hash;
