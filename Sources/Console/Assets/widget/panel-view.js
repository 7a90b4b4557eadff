/** The panel's frame: colour, head, availability, connection, who is typing, and the words for those who listen. */
import { inkOn, isColour, readable } from '#/js/lib/colour.js';
import { face, part } from '#/widget/parts.js';

/** States shorter than this would only flicker. */
const CALM = 1200;

export class PanelView {
  #banner = part('banner');
  #head = part('faces');
  #faces = '';
  #bannerShown = '';
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #soon;
  #options;

  /**
   * @param {{talk: import('#/widget/talk.js').Talk, client: import('#/js/lib/desk.js').Desk, isSaved: boolean,
   *   i18n: import('#/js/lib/i18n.js').I18n<typeof import('#/widget/strings.js').strings>}} options
   */
  constructor(options) {
    this.#options = options;
    part('banner-act').addEventListener('click', () => this.#bannerAct());
    this.#translate();
    this.drawShop();
  }

  drawShop() {
    const { talk, i18n } = this.#options;
    const { name, colour } = talk.shop;
    const own = isColour(colour) ? colour : '#2f3b52';
    const root = document.documentElement;
    for (const [property, value] of Object.entries({ '--own': own, '--ink': inkOn(own), '--own-light': readable(own, '#ffffff'), '--own-dark': readable(own, '#16181d') })) {
      root.style.setProperty(property, value);
    }
    part('shop').textContent = name || i18n.t('chat');
    this.drawUnread();
    this.draw();
  }

  drawUnread() {
    const { talk, i18n } = this.#options;
    const title = talk.shop.name ? i18n.t('chatWith', { shop: talk.shop.name }) : i18n.t('chat');
    document.title = talk.unread > 0 ? `(${talk.unread}) ${title}` : title;
  }

  draw() {
    this.#drawAvailability();
    this.#drawFaces();
    this.#drawBannerSoon();
    this.#drawTyping();
  }

  /**
   * For screen readers, once.
   * @param {{by: {name?: string}, body: {text?: string}}} event
   */
  announce({ by, body }) {
    const { i18n } = this.#options;
    part('live').textContent = i18n.t('says', { name: by.name ?? i18n.t('staff'), text: body.text ?? '' });
  }

  #translate() {
    const { i18n } = this.#options;
    document.documentElement.lang = i18n.language === 'zh' ? 'zh-CN' : 'en';
    for (const element of document.querySelectorAll('[data-t]')) element.textContent = i18n.t(/** @type {any} */ (element.getAttribute('data-t')));
    for (const element of document.querySelectorAll('[data-label]')) {
      const words = i18n.t(/** @type {any} */ (element.getAttribute('data-label')));
      element.setAttribute('aria-label', words);
      if (element instanceof HTMLButtonElement) element.title = words;
    }
    for (const element of document.querySelectorAll('[data-hint]')) element.setAttribute('placeholder', i18n.t(/** @type {any} */ (element.getAttribute('data-hint'))));
  }

  #drawAvailability() {
    const { talk, i18n } = this.#options;
    part('availability').dataset.here = String(talk.isAvailable);
    part('availability-words').textContent = i18n.t(talk.isAvailable ? 'here' : 'away');
  }

  /** Who has answered, else the shop itself. */
  #drawFaces() {
    const { talk } = this.#options;
    const staff = [...(talk.log?.staff ?? [])].slice(-3).map(([id, name]) => ({ id, name }));
    const shown = staff.length > 0 ? staff : [{ id: '', name: talk.shop.name || '·' }];
    const signature = JSON.stringify(shown);
    if (signature === this.#faces) return;
    this.#faces = signature;
    this.#head.replaceChildren(...shown.map(face));
  }

  #drawTyping() {
    const { client, i18n } = this.#options;
    const [first, ...others] = client.conversation ? client.typing.parties(client.conversation) : [];
    const words = first ? (others.length > 0 ? i18n.t('typingMany') : i18n.t('typing', { name: first.name ?? i18n.t('staff') })) : '';
    part('typing').hidden = words === '';
    part('typing-words').textContent = words;
  }

  /** Bad news waits a moment (it is often over by then), good news does not. */
  #drawBannerSoon() {
    clearTimeout(this.#soon);
    const wanted = this.#options.talk.banner ?? '';
    if (wanted === '' || this.#bannerShown !== '') this.#drawBanner();
    else this.#soon = setTimeout(() => this.#drawBanner(), CALM);
  }

  #drawBanner() {
    const { talk, i18n, isSaved } = this.#options;
    const state = talk.banner ?? (!isSaved && talk.pending.length > 0 ? 'unsaved' : null);
    this.#bannerShown = talk.banner ?? '';
    this.#banner.hidden = state === null;
    if (state === null) return;
    this.#banner.dataset.state = state;
    part('banner-words').textContent = i18n.t(state);
    const act = part('banner-act');
    act.hidden = state !== 'offline' && state !== 'outdated';
    act.textContent = i18n.t(state === 'outdated' ? 'reload' : 'now');
  }

  #bannerAct() {
    if (this.#options.talk.banner === 'outdated') location.reload();
    else this.#options.client.connection.wake();
  }
}
