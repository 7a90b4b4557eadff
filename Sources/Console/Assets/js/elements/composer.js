/** Where an answer is written: reply or note, a draft per conversation, Enter sends, and an honest word about the connection. */
import { button, picture } from '#/js/elements/parts.js';
import { composerKeys } from '#/js/lib/composerKeys.js';
import { el } from '#/js/lib/dom.js';
import { LIMITS } from '#/js/lib/protocol.js';
import { reportOf } from '#/js/elements/connection-state.js';
import { t } from '#/js/models/words.js';

/** @typedef {'reply'|'note'} Mode */

export class Composer extends HTMLElement {
  #console;
  #conversation;
  #acts;
  /** @type {Mode} */ #mode = 'reply';
  #name = '';
  #field = el('textarea', { rows: 1, 'aria-label': t('composer.label'), enterkeyhint: 'send' });
  #hint = el('span', { class: 'composer-hint', 'aria-live': 'polite' });
  #send = button(t('composer.send'), { kind: 'primary', class: 'send', icon: 'send', onclick: () => this.#submit() });
  #modes = el('div', { class: 'segments', role: 'radiogroup', 'aria-label': t('composer.mode') });
  /** @type {(() => void)[]} */ #stops = [];

  /**
   * @param {import('#/js/console.js').Console} console
   * @param {string} conversation
   * @param {{send: (kind: 'text'|'note', text: string) => void, leave: () => void}} acts
   */
  constructor(console, conversation, acts) {
    super();
    this.#console = console;
    this.#conversation = conversation;
    this.#acts = acts;
    this.className = 'composer';
  }

  connectedCallback() {
    const { desk } = this.#console;
    if (!desk) return;
    for (const mode of /** @type {const} */ (['reply', 'note'])) this.#modes.append(this.#modeChoice(mode));
    this.append(el(
      'div',
      { class: 'composer-box' },
      this.#field,
      el('div', { class: 'composer-tools' }, this.#modes, this.#hint, this.#send),
    ));
    this.#field.addEventListener('input', () => this.#typed());
    this.#stops = [
      composerKeys(this.#field, { send: () => this.#submit(), escape: () => this.#acts.leave() }),
      desk.client.on('state', () => this.#drawHint()),
      ...(['online', 'offline'].map((name) => (window.addEventListener(
        name,
        this.#drawHint,
      ), () => window.removeEventListener(name, this.#drawHint)))),
    ];
    this.#enter('reply');
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
    this.#console.desk?.client.stoppedTyping(this.#conversation);
  }

  /** @param {string} name of the customer */
  setName(name) {
    this.#name = name;
    this.#drawWords();
  }

  /** @param {Mode} mode */
  write(mode) {
    this.#enter(mode);
    this.#field.focus();
  }

  /**
   * A message that was not sent comes back to be changed.
   * @param {Mode} mode
   * @param {string} text
   */
  takeBack(mode, text) {
    this.write(mode);
    this.#field.value = this.#field.value.trim() ? `${text}\n${this.#field.value}` : text;
    this.#typed();
  }

  /** @param {Mode} mode */
  #modeChoice(mode) {
    const choice = el('input', { type: 'radio', name: `mode-${this.#conversation}`, value: mode, onchange: () => this.write(mode) });
    return el('label', null, choice, t(`composer.${mode}`));
  }

  /**
   * Each way of writing has a draft of its own.
   * @param {Mode} mode
   */
  #enter(mode) {
    this.#mode = mode;
    this.dataset['mode'] = mode;
    for (const choice of this.#modes.querySelectorAll('input')) choice.checked = choice.value === mode;
    this.#field.value = this.#console.desk?.drafts.get(this.#draftKey) ?? '';
    this.#drawWords();
    this.#grow();
    this.#drawHint();
  }

  get #draftKey() {
    return this.#mode === 'note' ? `${this.#conversation}.note` : this.#conversation;
  }

  #typed() {
    const { desk } = this.#console;
    desk?.drafts.set(this.#draftKey, this.#field.value);
    if (this.#mode === 'reply' && desk) {
      if (this.#field.value.trim()) desk.client.keystroke(this.#conversation);
      else desk.client.stoppedTyping(this.#conversation);
    }
    this.#grow();
    this.#drawHint();
  }

  #submit() {
    const text = this.#field.value.trim();
    if (text === '' || [...text].length > LIMITS.text) return this.#drawHint();
    this.#acts.send(this.#mode === 'note' ? 'note' : 'text', text);
    this.#field.value = '';
    this.#console.desk?.drafts.set(this.#draftKey, '');
    this.#grow();
    this.#drawHint();
    this.#field.focus();
  }

  /** Where `field-sizing` is not known. */
  #grow() {
    if (CSS.supports('field-sizing', 'content')) return;
    this.#field.style.setProperty('height', 'auto');
    this.#field.style.setProperty('height', `${this.#field.scrollHeight}px`);
  }

  #drawWords() {
    const note = this.#mode === 'note';
    this.#field.placeholder = note ? t('composer.note.placeholder') : t('composer.reply.placeholder', { name: this.#name });
    this.#field.setAttribute('aria-label', this.#field.placeholder);
    const label = note ? t('composer.addNote') : t('composer.send');
    this.#send.replaceChildren(picture(note ? 'note' : 'send'), el('span', null, label));
  }

  #drawHint = () => {
    const over = [...this.#field.value.trim()].length - LIMITS.text;
    const { hint, tone } = reportOf(this.#console);
    const said = over > 0 ? t('composer.tooLong', { count: over }) : hint ?? t('composer.hint');
    const loud = over > 0 ? 'bad' : hint && tone !== 'plain' ? tone : undefined;
    if (this.#hint.textContent !== said) this.#hint.textContent = said;
    if (loud) this.#hint.dataset['tone'] = loud;
    else delete this.#hint.dataset['tone'];
    this.#send.disabled = over > 0;
  };
}

customElements.define('sb-composer', Composer);
