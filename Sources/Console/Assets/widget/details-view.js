/** The small form for a name and an e-mail address: optional, and says what became of it. */
import { Problem } from '#/js/lib/http.js';
import { part } from '#/widget/parts.js';

export class DetailsView {
  #dialog = /** @type {HTMLDialogElement} */ (part('details'));
  #name = /** @type {HTMLInputElement} */ (part('name'));
  #email = /** @type {HTMLInputElement} */ (part('email'));
  #save = /** @type {HTMLButtonElement} */ (part('details-save'));
  #status = part('details-status');
  #visitor;
  #i18n;

  /** @param {{visitor: import('#/widget/visitor.js').Visitor, i18n: import('#/js/lib/i18n.js').I18n<typeof import('#/widget/strings.js').strings>}} options */
  constructor({ visitor, i18n }) {
    this.#visitor = visitor;
    this.#i18n = i18n;
    part('menu').addEventListener('click', () => this.#open());
    part('details-cancel').addEventListener('click', () => this.#dialog.close());
    part('details-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#dialog.addEventListener('click', (event) => event.target === this.#dialog && this.#dialog.close());
    for (const field of [this.#name, this.#email]) field.addEventListener('input', () => this.#say(''));
  }

  #open() {
    const { name = '', email = '' } = this.#visitor.identity;
    this.#name.value = name;
    this.#email.value = email;
    this.#say('');
    this.#dialog.showModal();
    this.#name.focus();
  }

  async #submit() {
    const email = this.#email.value.trim();
    if (email !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return this.#say(this.#i18n.t('emailWrong'), this.#email);
    this.#save.disabled = true;
    try {
      await this.#visitor.identify({ name: this.#name.value.trim(), email });
      this.#dialog.close();
    } catch (problem) {
      const why = problem instanceof Problem && problem.status > 0 ? problem.detail || problem.code : this.#i18n.t('unreachable');
      this.#say(this.#i18n.t('saveFailed', { why }));
    } finally {
      this.#save.disabled = false;
    }
  }

  /** @param {string} words @param {HTMLInputElement} [field] the one at fault */
  #say(words, field) {
    this.#status.textContent = words;
    for (const one of [this.#name, this.#email]) one.toggleAttribute('aria-invalid', one === field);
    field?.focus();
  }
}
