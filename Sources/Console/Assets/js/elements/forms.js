/**
 * A form that checks what can be checked here, sends once, and puts each complaint where it belongs.
 *
 *   form({ fields: [name, email], submit: 'Save', act: async () => {…}, body: [ … ] })
 */
import { banner, button } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { explain } from '#/js/models/problems.js';
import { t } from '#/js/models/words.js';

/** @typedef {import('#/js/elements/fields.js').Field} Field */

/**
 * @param {{fields: Field[], submit: string, act: () => Promise<void>, body?: Node[], wide?: boolean, kind?: 'primary', after?: Node|null, name?: string}} parts
 * @returns {HTMLFormElement}
 */
export function form({ fields, submit, act, body, wide = false, kind = 'primary', after = null, name }) {
  const trouble = el('div', { class: 'form-trouble' });
  const send = button(submit, { kind, type: 'submit', wide });
  const node = el(
    'form',
    { class: 'form', novalidate: true, 'aria-label': name },
    trouble,
    ...(body ?? fields.map((one) => one.node)),
    el('div', { class: 'form-actions' }, send, after),
  );
  trouble.hidden = true;
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    if (send.getAttribute('aria-busy') === 'true' || !complete(fields)) return;
    trouble.hidden = true;
    void busy(send, act).catch((problem) => complain(problem, fields, trouble));
  });
  return node;
}

/**
 * A button that works: it cannot be pressed again meanwhile.
 * @param {HTMLButtonElement} send
 * @param {() => Promise<unknown>} act
 */
export async function busy(send, act) {
  send.setAttribute('aria-busy', 'true');
  try {
    await act();
  } finally {
    send.removeAttribute('aria-busy');
  }
}

/** @param {Field[]} fields @returns {boolean} */
function complete(fields) {
  const wrong = fields.filter((one) => {
    one.clear();
    const complaint = complaintAbout(one);
    if (complaint) one.fail(complaint);
    return complaint !== null;
  });
  wrong[0]?.input.focus();
  return wrong.length === 0;
}

/** @param {Field} field @returns {string|null} */
function complaintAbout({ value, required, type }) {
  if (required && value.trim() === '') return t('field.required');
  if (type === 'email' && value.trim() !== '' && !/^[^\s@]+@[^\s@]+$/.test(value.trim())) return t('field.email');
  return null;
}

/** @param {unknown} problem @param {Field[]} fields @param {HTMLElement} trouble */
function complain(problem, fields, trouble) {
  const { fields: complaints, general } = explain(problem, fields.map(({ name }) => name));
  const wrong = fields.filter(({ name }) => complaints.has(name));
  for (const one of wrong) one.fail(complaints.get(one.name) ?? '');
  if (general) trouble.replaceChildren(banner('bad', general));
  trouble.hidden = general === null;
  if (wrong[0]) wrong[0].input.focus();
  else trouble.scrollIntoView({ block: 'nearest' });
  if (!general && wrong.length === 0) console.error(problem);
}
