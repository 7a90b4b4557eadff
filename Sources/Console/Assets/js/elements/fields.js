/**
 * Form fields with label, hint and error, wired for screen readers.
 *
 *   const name = field({ label, name: 'shop.name', value, required: true });
 *   name.node, name.input, name.value, name.fail('words'), name.clear()
 *
 * @typedef {{name: string, node: HTMLElement, input: HTMLInputElement|HTMLTextAreaElement|HTMLSelectElement, value: string,
 *   fail: (words: string) => void, clear: () => void, required: boolean, type: string}} Field
 */
import { SHORTEST, strengthOf } from '#/js/models/password.js';
import { el } from '#/js/lib/dom.js';
import { picture } from '#/js/elements/parts.js';
import { t } from '#/js/models/words.js';

let serial = 0;

/**
 * @param {{label: string, name: string, value?: string, type?: string, hint?: string, required?: boolean, autocomplete?: string,
 *   rows?: number, placeholder?: string, maxlength?: number, readonly?: boolean}} look
 * @returns {Field}
 */
export function field({ label, name, value = '', type = 'text', hint, required = false, autocomplete = 'off', rows, placeholder, maxlength, readonly = false }) {
  const id = `field-${(serial += 1)}`;
  const same = { id, class: 'input', name, autocomplete, placeholder, maxlength, readonly, 'aria-required': required ? 'true' : undefined };
  const input = rows ? el('textarea', { ...same, rows }) : el('input', { ...same, type, ...quiet(type, autocomplete) });
  input.value = value;
  return wire({ id, label, name, input, hint, required, type });
}

/**
 * Names of people and mail addresses are not words to correct.
 * @param {string} type
 * @param {string} autocomplete
 */
const quiet = (type, autocomplete) => (type === 'email' || type === 'password' || autocomplete === 'name'
  ? { spellcheck: 'false', autocapitalize: type === 'text' ? 'words' : 'none' }
  : {});

/** @param {{label: string, name: string, value: string, options: {value: string, label: string}[], hint?: string}} look @returns {Field} */
export function choice({ label, name, value, options, hint }) {
  const id = `field-${(serial += 1)}`;
  const input = el(
    'select',
    { id, class: 'input', name },
    ...options.map((one) => el('option', { value: one.value, selected: one.value === value }, one.label)),
  );
  return wire({ id, label, name, input, hint, required: false, type: 'select' });
}

/**
 * @param {{label: string, name: string, hint?: string, fresh?: boolean, email?: () => string}} look fresh: a new one, with a strength hint
 * @returns {Field}
 */
export function passwordField({ label, name, fresh = false, email = () => '' }) {
  const made = field({
    label,
    name,
    type: 'password',
    required: true,
    autocomplete: fresh ? 'new-password' : 'current-password',
    hint: fresh ? t('password.empty') : undefined,
  });
  const input = /** @type {HTMLInputElement} */ (made.input);
  const group = el('div', { class: 'input-group' });
  input.replaceWith(group);
  group.append(input, showButton(input));
  if (fresh) addStrength(made, group, input, email);
  return made;
}

/** @param {HTMLInputElement} input */
function showButton(input) {
  const toggle = el(
    'button',
    { class: 'input-action', type: 'button', 'aria-label': t('password.showLabel'), 'aria-pressed': 'false' },
    t('act.show'),
  );
  toggle.addEventListener('click', () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    toggle.textContent = shown ? t('act.hide') : t('act.show');
    toggle.setAttribute('aria-label', shown ? t('password.hideLabel') : t('password.showLabel'));
    toggle.setAttribute('aria-pressed', String(shown));
    input.focus();
  });
  return toggle;
}

/** @param {Field} made @param {HTMLElement} group @param {HTMLInputElement} input @param {() => string} email */
function addStrength(made, group, input, email) {
  const bars = el(
    'div',
    { class: 'strength', 'aria-hidden': 'true' },
    el('span', null),
    el('span', null),
    el('span', null),
    el('span', null),
  );
  group.after(bars);
  const hint = made.node.querySelector('.field-hint');
  hint?.setAttribute('aria-live', 'polite');
  input.addEventListener('input', () => {
    const { level, hint: kind } = strengthOf(input.value, email());
    bars.dataset['level'] = String(level);
    if (hint) hint.textContent = t(`password.${kind}`, { count: SHORTEST - [...input.value].length });
  });
}

/** @param {{id: string, label: string, name: string, input: Field['input'], hint?: string, required: boolean, type: string}} parts @returns {Field} */
function wire({ id, label, name, input, hint, required, type }) {
  const error = el('p', { class: 'field-error', id: `${id}-error` });
  const help = hint ? el('p', { class: 'field-hint', id: `${id}-hint` }, hint) : null;
  const describe = (/** @type {boolean} */ bad) => {
    const parts = [bad ? error.id : '', help?.id ?? ''].filter(Boolean).join(' ');
    if (parts) input.setAttribute('aria-describedby', parts);
    else input.removeAttribute('aria-describedby');
  };
  describe(false);
  const clear = () => {
    error.replaceChildren();
    input.removeAttribute('aria-invalid');
    describe(false);
  };
  input.addEventListener('input', clear);
  return {
    name,
    input,
    required,
    type,
    node: el('div', { class: 'field' }, el('label', { class: 'field-label', for: id }, label), input, error, help),
    get value() {
      return input.value;
    },
    fail: (words) => {
      error.replaceChildren(picture('alert', 'small'), words);
      input.setAttribute('aria-invalid', 'true');
      describe(true);
    },
    clear,
  };
}
