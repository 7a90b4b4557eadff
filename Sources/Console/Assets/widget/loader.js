/*
 * Switchboard's loader, a classic script: <script async src="…/widget.js" data-shop="KEY" [data-side="left"] [data-language="zh"]></script>
 * Nothing before the page is idle, nothing outside its own element (a closed shadow root, styled by a constructed sheet: strict policies
 * allow that), no panel before somebody talks. The page's policy needs script-src and frame-src for the desk; with connect-src the
 * button has the shop's colour from the start. API: docs/embedding.md.
 */
(() => {
  'use strict';
  /** @type {any} */
  const page = window;
  if (page.Switchboard) return;

  /** @type {any} */
  const script = document.currentScript || document.querySelector('script[data-shop][src*="/widget.js"]');
  const shop = script && script.getAttribute('data-shop');
  if (!script || !shop) return console.warn('Switchboard: the script tag needs data-shop="…"; copy the snippet again.');

  const base = new URL(script.src, location.href);
  const origin = base.origin;
  const root = origin + base.pathname.replace(/widget\.js$/, '');
  const isLeft = script.getAttribute('data-side') === 'left';
  const wanted = script.getAttribute('data-language') || '';
  const isChinese = /^zh/i.test(wanted || (navigator.languages || [navigator.language])[0] || '');
  const words = isChinese
    ? { open: '打开聊天', close: '关闭聊天', title: '在线客服', unread: '条未读消息' }
    : { open: 'Open chat', close: 'Close chat', title: 'Chat', unread: 'unread' };

  // What this page keeps: the look, whether somebody talks, and what the panel may not keep itself.
  const prefix = 'switchboard.page.' + shop + '.';
  const kept = {
    /** @param {string} key */
    get(key) {
      try { return localStorage.getItem(prefix + key); } catch { return null; }
    },
    /** @param {string} key @param {string|null} value */
    set(key, value) {
      try { value === null ? localStorage.removeItem(prefix + key) : localStorage.setItem(prefix + key, value); } catch { /* blocked: it lives as long as the page */ }
    },
    all() {
      /** @type {any} */
      const all = {};
      try {
        for (const key of Object.keys(localStorage)) if (key.startsWith(prefix + 'kept.')) all[key.slice(prefix.length + 5)] = localStorage.getItem(key);
      } catch { /* blocked */ }
      return all;
    },
  };

  /** @type {Record<string, Set<(detail?: any) => void>>} */
  const listeners = {};
  let [host, button, badge, holder, frame, port, identity] = /** @type {any[]} */ ([]);
  let isOpen = false, unread = 0, started = false, gone = false;

  /** @param {string} name @param {any} [detail] */
  function tell(name, detail) {
    for (const listener of [...(listeners[name] || [])]) {
      try { listener(detail); } catch (error) { console.error(error); }
    }
  }

  const say = (/** @type {any} */ message) => port && port.postMessage(message);

  // --- the element ---

  const CSS = `
:host{all:initial;position:fixed;z-index:2147483000;inset:auto 0 0 auto;width:0;height:0;color-scheme:light dark;--colour:#2f3b52;--ink:#fff}
:host(.left){inset:auto auto 0 0}
button{all:unset;box-sizing:border-box;position:fixed;bottom:max(20px,env(safe-area-inset-bottom));right:20px;width:56px;height:56px;border-radius:28px;
 display:grid;place-items:center;cursor:pointer;background:var(--colour);color:var(--ink);box-shadow:0 6px 20px rgb(0 0 0/.22),0 1px 3px rgb(0 0 0/.2);
 opacity:0;transform:scale(.8);transition:opacity .18s,transform .18s,box-shadow .18s;-webkit-tap-highlight-color:transparent;touch-action:manipulation}
:host(.shown) button{opacity:1;transform:none}
button:hover{box-shadow:0 8px 26px rgb(0 0 0/.3),0 1px 3px rgb(0 0 0/.2)}
button:active{transform:scale(.95)!important}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #1657d0}
svg{width:28px;height:28px;grid-area:1/1;transition:opacity .15s,transform .2s;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.down{opacity:0;transform:rotate(-60deg)}
:host(.open) .bubble{opacity:0;transform:rotate(60deg)}
:host(.open) .down{opacity:1;transform:none}
.badge{position:absolute;top:-4px;right:-4px;min-width:22px;height:22px;box-sizing:border-box;padding:0 6px;border-radius:11px;background:#c9252d;color:#fff;
 font:600 13px/22px system-ui,sans-serif;text-align:center;box-shadow:0 0 0 2px #fff}
.badge:empty,:host(.open) .badge{display:none}
.holder{position:fixed;right:20px;bottom:calc(max(20px,env(safe-area-inset-bottom)) + 72px);width:392px;height:min(680px,calc(100vh - 116px));height:min(680px,calc(100dvh - 116px));
 max-width:calc(100vw - 40px);border-radius:18px;overflow:hidden;visibility:hidden;opacity:0;transform:translateY(14px) scale(.98);transform-origin:100% 100%;
 box-shadow:0 18px 60px rgb(10 15 30/.28),0 2px 8px rgb(10 15 30/.14);transition:opacity .18s,transform .22s cubic-bezier(.2,.8,.2,1),visibility 0s .22s;pointer-events:none;background:Canvas}
:host(.open) .holder{visibility:visible;opacity:1;transform:none;transition-delay:0s;pointer-events:auto}
:host(.left) button,:host(.left) .holder{right:auto;left:20px;transform-origin:0 100%}
iframe{display:block;border:0;width:100%;height:100%;color-scheme:normal}
@media (max-width:520px),(max-height:440px){
 .holder,:host(.left) .holder{inset:0;width:100%;height:100%;max-width:none;border-radius:0;transform:translateY(24px)}
 :host(.open) button{visibility:hidden}
}
@media (prefers-reduced-motion:reduce){*{transition-duration:.01s!important}.holder{transform:none!important}}
@media print{:host{display:none}}`;

  /** @param {string} name @param {string} path */
  function svg(name, path) {
    const space = 'http://www.w3.org/2000/svg';
    const icon = document.createElementNS(space, 'svg');
    icon.setAttribute('viewBox', '0 0 24 24');
    icon.setAttribute('aria-hidden', 'true');
    icon.setAttribute('class', name);
    icon.appendChild(document.createElementNS(space, 'path')).setAttribute('d', path);
    return icon;
  }

  /** @param {ShadowRoot} shadow */
  function style(shadow) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      shadow.appendChild(document.createElement('style')).textContent = CSS; // old browsers
    }
  }

  function build() {
    host = document.createElement('switchboard-widget');
    const shadow = host.attachShadow({ mode: 'closed' });
    style(shadow);
    if (isLeft) host.classList.add('left');
    holder = document.createElement('div');
    holder.className = 'holder';
    button = document.createElement('button');
    button.setAttribute('type', 'button');
    badge = document.createElement('span');
    badge.className = 'badge';
    button.append(svg('bubble', 'M20 11.5a7.5 7.5 0 0 1-7.5 7.5c-1.2 0-2.4-.3-3.4-.8L4 20l1.6-4.6A7.5 7.5 0 1 1 20 11.5Z'), svg('down', 'm6 9.5 6 6 6-6'), badge);
    button.addEventListener('click', toggle);
    button.addEventListener('pointerenter', () => load(), { once: true }); // a hand on the button: be ready when it presses
    shadow.addEventListener('keydown', (/** @type {any} */ event) => event.key === 'Escape' && isOpen && close());
    shadow.append(holder, button); // tab order: from the button back into the panel
    label();
    document.body.appendChild(host);
  }

  function label() {
    button.setAttribute('aria-expanded', String(isOpen));
    button.setAttribute('aria-label', isOpen ? words.close : words.open + (unread ? ' (' + unread + ' ' + words.unread + ')' : ''));
    badge.textContent = unread ? (unread > 9 ? '9+' : String(unread)) : '';
  }

  /** @param {string} colour */
  function paint(colour) {
    if (!/^#[0-9a-f]{6}$/i.test(colour)) return;
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const share = parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    host.style.setProperty('--colour', colour);
    host.style.setProperty('--ink', 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.1833 ? '#000' : '#fff');
  }

  // The last look at once, the present one when it is here; without either (a strict page) the panel will tell it.
  function look() {
    const last = kept.get('colour');
    if (last) appear(last);
    fetch(root + 'api/widget/' + encodeURIComponent(shop), { credentials: 'omit', referrerPolicy: 'origin' })
      .then((answer) => {
        if (answer.status === 404 || answer.status === 410) throw new Error('gone');
        return answer.ok ? answer.json() : {};
      })
      .then((/** @type {any} */ shopNow) => appear(shopNow.colour || last || ''))
      .catch((error) => (error.message === 'gone' ? remove() : appear(last || '')));
  }

  /** @param {string} colour */
  function appear(colour) {
    if (colour) kept.set('colour', colour);
    paint(colour);
    requestAnimationFrame(() => requestAnimationFrame(() => host.classList.add('shown')));
  }

  function remove() {
    gone = true;
    if (host) host.remove();
    console.warn('Switchboard: no shop has this key (any more); copy the snippet again.');
  }

  // --- the panel ---

  function load() {
    if (frame || gone) return;
    frame = document.createElement('iframe');
    frame.title = words.title;
    frame.allow = 'clipboard-write';
    frame.src = root + 'widget/' + encodeURIComponent(shop) + (wanted ? '?language=' + encodeURIComponent(wanted) : '');
    frame.tabIndex = -1;
    holder.appendChild(frame);
    window.addEventListener('message', greeted);
  }

  /**
   * The panel says hello to whoever frames it; it gets a private line, so that no other script on the page can speak for it.
   * @param {MessageEvent} event
   */
  function greeted(event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin || !event.data || event.data.switchboard !== 'hello') return;
    if (port) port.close();
    const line = new MessageChannel();
    port = line.port1;
    port.onmessage = (/** @type {MessageEvent} */ { data }) => heard(data || {});
    const here = (location.origin + location.pathname).slice(0, 500);
    frame.contentWindow.postMessage({ switchboard: 'welcome', isOpen, page: here, identity, kept: kept.all() }, origin, [line.port2]);
  }

  /** @param {any} data */
  function heard(data) {
    if (data.type === 'close') close();
    else if (data.type === 'look') appear(String(data.colour));
    else if (data.type === 'unread') setUnread(Number(data.count) || 0);
    else if (data.type === 'message') tell('message', { by: String(data.by || ''), at: Number(data.at) });
    else if (data.type === 'talks') kept.set('talks', '1');
    else if (data.type === 'gone') remove();
    else if (data.type === 'keep' && typeof data.key === 'string' && String(data.value || '').length < 60000) kept.set('kept.' + data.key, data.value === null ? null : String(data.value));
  }

  /** @param {number} count */
  function setUnread(count) {
    if (count === unread) return;
    unread = count;
    label();
    tell('unread', count);
  }

  // --- the page's own words ---

  function open() {
    start();
    if (isOpen || gone || !host) return;
    load();
    isOpen = true;
    host.classList.add('open', 'shown');
    frame.tabIndex = 0;
    label();
    frame.focus();
    say({ type: 'open' });
    tell('open');
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    host.classList.remove('open');
    frame.tabIndex = -1;
    label();
    say({ type: 'close' });
    if (document.activeElement === host) button.focus({ preventScroll: true });
    tell('close');
  }

  function toggle() {
    isOpen ? close() : open();
  }

  /** @param {{name?: string, email?: string}} who */
  function identify(who) {
    const { name, email } = who || {};
    identity = { name: name ? String(name).slice(0, 200) : undefined, email: email ? String(email).slice(0, 200) : undefined };
    say({ type: 'identify', identity });
  }

  /** @param {string} name @param {(detail?: any) => void} listener */
  function on(name, listener) {
    const heard = (listeners[name] = listeners[name] || new Set());
    heard.add(listener);
    return () => heard.delete(listener);
  }

  // --- the start ---

  function start() {
    if (started || !document.body) return;
    started = true;
    build();
    look();
    if (kept.get('talks')) idle(load, 3000); // so that an answer shows on the badge
  }

  /** @param {() => void} act @param {number} most milliseconds */
  function idle(act, most) {
    page.requestIdleCallback ? requestIdleCallback(act, { timeout: most }) : setTimeout(act, 300);
  }

  page.Switchboard = Object.freeze({ version: 1, open, close, toggle, identify, on });
  const whenParsed = () => idle(start, 4000);
  if (document.readyState !== 'loading') whenParsed();
  else document.addEventListener('DOMContentLoaded', whenParsed, { once: true });
  window.dispatchEvent(new CustomEvent('switchboard:ready'));
})();
