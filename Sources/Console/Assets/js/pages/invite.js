/** Joining by an invitation's link. */
import { banner, button, linkButton } from '#/js/elements/parts.js';
import { field, passwordField } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { t } from '#/js/models/words.js';
import { door, tokenInAddress } from '#/js/pages/door.js';

/** @typedef {import('#/js/console.js').Console} Console */

/** @param {Console} desk */
export function invitePage(desk) {
  const token = tokenInAddress();
  const page = el('div', { class: 'starting' }, el('span', { class: 'visually-hidden' }, t('invite.loading')));
  const look = async () => {
    try {
      page.replaceWith(joinPage(desk, token, await desk.api.lookAtInvitation(token)));
    } catch (problem) {
      page.replaceWith(troublePage(desk, problem));
    }
  };
  void look();
  return page;
}

/** @param {Console} desk @param {string} token @param {{workspace: string|{name: string}, email: string, role: import('#/js/api/api.js').Role}} invitation */
function joinPage(desk, token, { workspace, email, role }) {
  const name = field({ label: t('you.name'), name: 'name', required: true, autocomplete: 'name', maxlength: 100 });
  const password = passwordField({ label: t('you.password'), name: 'password', fresh: true, email: () => email });
  const act = async () => {
    const answer = await desk.api.acceptInvitation({ token, name: name.value.trim(), password: password.value });
    await desk.enter(await desk.inThisLanguage(answer.member), answer.workspace, '/');
  };
  const place = typeof workspace === 'string' ? workspace : workspace.name;
  const who = el('input', { type: 'hidden', autocomplete: 'username', value: email });
  queueMicrotask(() => name.input.focus());
  return door(desk, {
    title: t('invite.title', { workspace: place }),
    lead: t('invite.lead', { role: t(`role.${role}`), email }),
    content: [who, form({ fields: [name, password], submit: t('invite.submit'), act, wide: true })],
  });
}

/** @param {Console} desk @param {any} problem */
function troublePage(desk, problem) {
  if (problem?.status !== 0) {
    const act = linkButton(t('signin.submit'), { href: '/signin' });
    return door(desk, { title: t('invite.gone.title'), content: [el('p', null, t('invite.gone.text')), act] });
  }
  const again = button(t('act.retry'), { kind: 'primary', onclick: () => desk.emit('door') });
  return door(desk, { title: t('invite.loading'), content: [banner('bad', sentence(problem)), again] });
}
