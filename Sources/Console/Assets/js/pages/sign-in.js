/** Signing in, and why one is here. */
import { banner } from '#/js/elements/parts.js';
import { field, passwordField } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { el } from '#/js/lib/dom.js';
import { t } from '#/js/models/words.js';
import { door } from '#/js/pages/door.js';

/** @param {import('#/js/console.js').Console} desk */
export function signInPage(desk) {
  const email = field({ label: t('you.email'), name: 'email', type: 'email', required: true, autocomplete: 'username' });
  const password = passwordField({ label: t('you.password'), name: 'password' });
  const act = async () => {
    const { member, workspace } = await desk.api.signIn(email.value.trim(), password.value);
    await desk.enter(member, workspace, desk.returnPath.take());
  };
  const page = door(desk, {
    title: t('signin.title'),
    lead: desk.farewell ? null : t('signin.lead'),
    content: [
      why(desk.farewell),
      form({ fields: [email, password], submit: t('signin.submit'), act, wide: true, name: t('signin.title') }),
      el('p', { class: 'field-hint' }, t('signin.help')),
    ],
  });
  queueMicrotask(() => email.input.focus());
  return page;
}

/** @param {'expired'|'bye'|null} farewell @returns {Node} */
function why(farewell) {
  if (farewell === 'expired') return banner('warn', t('signin.expired'));
  return farewell === 'bye' ? banner('info', t('signin.bye')) : document.createDocumentFragment();
}
