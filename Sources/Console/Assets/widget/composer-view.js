/** The field where the visitor writes: grows with the text, keeps a draft, says when there is too much, never sends in mid-composition. */
import { composerKeys } from '#/js/lib/composerKeys.js';
import { LIMITS } from '#/js/lib/protocol.js';
import { part } from '#/widget/parts.js';

export class ComposerView {
  #field = /** @type {HTMLTextAreaElement} */ (part('text'));
  #button = /** @type {HTMLButtonElement} */ (part('send'));
  #form = part('composer');
  #options;

  /**
   * @param {{talk: import('#/widget/talk.js').Talk, i18n: import('#/js/lib/i18n.js').I18n<typeof import('#/widget/strings.js').strings>,
   *   draft: {get: () => string, set: (text: string) => void}, onSent: () => void, onEscape: () => void}} options
   */
  constructor(options) {
    this.#options = options;
    this.#field.value = options.draft.get();
    this.#field.addEventListener('input', () => this.#typed());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#button.addEventListener('pointerdown', (event) => event.preventDefault()); // a tap on "send" must not close the phone's keyboard
    composerKeys(this.#field, { send: () => this.#send(), escape: options.onEscape });
    this.draw();
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  draw() {
    const { talk, i18n } = this.#options;
    const surplus = [...this.#field.value.trim()].length - LIMITS.text;
    this.#field.disabled = talk.isOver;
    this.#button.disabled = talk.isOver || surplus > 0 || this.#field.value.trim() === '';
    part('counter').textContent = surplus > 0 ? i18n.t('tooLong', { count: surplus }) : '';
    this.#field.style.height = 'auto';
    this.#field.style.height = `${this.#field.scrollHeight}px`;
  }

  #typed() {
    this.#options.draft.set(this.#field.value);
    this.#options.talk.keystroke(this.#field.value);
    this.draw();
  }

  #send() {
    if (this.#button.disabled || !this.#options.talk.send(this.#field.value)) return;
    this.#field.value = '';
    this.#options.draft.set('');
    this.draw();
    this.#options.onSent();
  }
}
