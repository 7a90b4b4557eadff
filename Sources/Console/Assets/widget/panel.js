/**
 * The panel: what a visitor talks in. Framed by widget/loader.js in a shop's page, or opened by itself at `/widget/{shopKey}`.
 * This file puts the parts together and holds no rule: talk.js thinks, the views draw, js/lib speaks the protocol.
 */
import { Desk } from '#/js/lib/desk.js';
import { HTTP } from '#/js/lib/http.js';
import { I18n, chooseLanguage } from '#/js/lib/i18n.js';
import { customerRoutes } from '#/js/lib/routes.js';
import { Drafts } from '#/js/lib/storage.js';
import { ULIDSource } from '#/js/lib/ulid.js';
import { Bridge } from '#/widget/bridge.js';
import { ComposerView } from '#/widget/composer-view.js';
import { DetailsView } from '#/widget/details-view.js';
import { LogView } from '#/widget/log-view.js';
import { PanelView } from '#/widget/panel-view.js';
import { part } from '#/widget/parts.js';
import { keepShop, lastShop, loadShop } from '#/widget/shop.js';
import { panelStore } from '#/widget/panel-store.js';
import { strings } from '#/widget/strings.js';
import { Talk } from '#/widget/talk.js';
import { Visitor } from '#/widget/visitor.js';

/** @typedef {{shopKey: string, bridge: Bridge|null, store: import('#/js/lib/storage.js').Store, http: HTTP}} Ground */

const shopKey = decodeURIComponent(location.pathname.split('/').filter(Boolean).at(-1) ?? '');

/** A shop whose look does not come is shown as it was. */
const PATIENCE = 2500;

void start();

async function start() {
  const http = new HTTP();
  const loading = loadShop(http, shopKey);
  const bridge = await Bridge.connect(window);
  const store = panelStore(shopKey, bridge);
  const soon = await Promise.race([loading, new Promise((/** @type {(value: null) => void} */ done) => setTimeout(() => done(null), PATIENCE))]);
  if (soon?.problem?.status === 404) return refuse(bridge);
  const shop = soon?.shop ?? lastShop(store, shopKey);
  const refresh = open({ shopKey, bridge, store, http }, shop);
  const arrived = soon ?? (await loading);
  if (arrived.shop) refresh(arrived.shop);
}

/** @param {string} wanted en, zh or auto */
const wordsFor = (wanted) => new I18n(strings, { language: chooseLanguage(wanted, navigator.languages), preferred: navigator.languages });

/** @param {Bridge|null} bridge */
function refuse(bridge) {
  const i18n = wordsFor('auto');
  part('shop').textContent = i18n.t('chat');
  part('log').textContent = i18n.t('noShop');
  document.body.classList.add('ready');
  bridge?.say({ type: 'gone' });
}

/** @param {Ground} ground @param {import('#/widget/talk.js').Shop} shop @returns {(shop: import('#/widget/talk.js').Shop) => void} what to do with newer news of it */
function open({ shopKey, bridge, store, http }, shop) {
  const wanted = new URLSearchParams(location.search).get('language') ?? shop.language;
  const i18n = wordsFor(wanted);
  const page = bridge?.page;
  const visitor = new Visitor({ shopKey, http, store, page, locks: navigator.locks, onTalks: () => bridge?.say({ type: 'talks' }) });
  const client = new Desk({
    routes: customerRoutes(shopKey),
    http: new HTTP({ credential: visitor.credential }),
    store, scope: shopKey, tab: tabName(),
  });
  const talk = new Talk({ client, visitor, shop });
  const drafts = new Drafts(store, shopKey);
  const views = makeViews({ talk, client, visitor, i18n, bridge, isSaved: store.persistent, draft: { get: () => drafts.get('panel'), set: (/** @type {string} */ text) => drafts.set('panel', text) } });
  wire({ talk, client, visitor, bridge, ...views });
  client.watch(window);
  window.addEventListener('storage', (event) => visitor.owns(event.key) && visitor.isKnown && talk.begin());
  if (visitor.isKnown || talk.pending.length > 0) talk.begin();
  void visitor.tellPage();
  if (bridge?.identity) visitor.identify(bridge.identity).catch(() => {});
  if (visitor.isKnown) bridge?.say({ type: 'talks' });
  const renew = (/** @type {import('#/widget/talk.js').Shop} */ news) => {
    keepShop(store, shopKey, news);
    talk.shop = news;
    views.frame.drawShop();
    views.log.draw();
    bridge?.say({ type: 'look', colour: news.colour });
  };
  bridge?.on('open', () => void refreshShop(http, shopKey, renew));
  return renew;
}

let lookedAt = Date.now();

/**
 * Whether somebody is there changes; who opens the panel after a while sees how it is now.
 * @param {HTTP} http
 * @param {string} key
 * @param {(shop: import('#/widget/talk.js').Shop) => void} renew
 */
async function refreshShop(http, key, renew) {
  if (Date.now() - lookedAt < 60_000) return;
  lookedAt = Date.now();
  const { shop } = await loadShop(http, key);
  if (shop) renew(shop);
}

/** @param {any} parts */
function makeViews({ talk, client, visitor, i18n, bridge, isSaved, draft }) {
  const leave = () => bridge?.say({ type: 'close' });
  /** @type {LogView} */
  const log = new LogView({
    talk, i18n,
    loadOlder: () => client.loadOlder(null),
    retry: (clientID) => client.retry(clientID),
    discard: (clientID) => client.discard(clientID),
    onPlace: () => look(talk, bridge, log),
  });
  const composer = new ComposerView({ talk, i18n, draft, onSent: () => log.toEnd(), onEscape: leave });
  const frame = new PanelView({ talk, client, i18n, isSaved });
  new DetailsView({ visitor, i18n });
  part('close').hidden = bridge === null;
  part('close').addEventListener('click', leave);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing && !document.querySelector('dialog[open]')) leave();
  });
  log.draw();
  document.body.classList.add('ready');
  return { log, composer, frame };
}

/** @param {{talk: Talk, client: Desk, visitor: Visitor, bridge: Bridge|null, log: LogView, composer: ComposerView, frame: PanelView}} parts */
function wire({ talk, client, visitor, bridge, log, composer, frame }) {
  const again = () => {
    look(talk, bridge, log);
    log.draw();
    frame.draw();
    composer.draw();
  };
  const soon = onceAFrame(again);
  talk.on('change', soon);
  talk.on('unread', (count) => {
    frame.drawUnread();
    bridge?.say({ type: 'unread', count });
  });
  talk.on('message', ({ event }) => {
    bridge?.say({ type: 'message', by: event.by.name, at: event.at });
    frame.announce(event);
    if (event.by.type === 'member') log.missed();
  });
  document.addEventListener('visibilitychange', soon);
  bridge?.on('close', soon);
  bridge?.on('identify', (identity) => void visitor.identify(identity ?? {}).catch(() => {}));
  bridge?.on('open', () => {
    log.toEnd();
    again();
    if (!matchMedia('(pointer: coarse)').matches) composer.focus();
  });
  if (isSeen(bridge) && !matchMedia('(pointer: coarse)').matches) composer.focus();
  client.connection.wake();
}

/** @param {Talk} talk @param {Bridge|null} bridge @param {LogView} log */
const look = (talk, bridge, log) => talk.look({ isOpen: isSeen(bridge), isAtEnd: log.isAtEnd });

/** @param {Bridge|null} bridge */
const isSeen = (bridge) => document.visibilityState === 'visible' && (bridge?.isOpen ?? true);

/**
 * Many changes, one drawing; also in a hidden frame, where no animation frame comes.
 * @param {() => void} act
 */
function onceAFrame(act) {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    queueMicrotask(() => {
      isWaiting = false;
      act();
    });
  };
}

/** The same over a reload, so that this tab's unsent messages are its own again. */
function tabName() {
  try {
    const known = sessionStorage.getItem('switchboard.tab') ?? new ULIDSource().next();
    sessionStorage.setItem('switchboard.tab', known);
    return known;
  } catch {
    return undefined;
  }
}
