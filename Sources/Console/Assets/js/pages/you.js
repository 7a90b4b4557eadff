/** Oneself: name and language, this browser's choices, password, sessions. */
import { button, picture } from '#/js/elements/parts.js';
import { allowNotifications, playTones } from '#/js/elements/alerts.js';
import { choice, field, passwordField } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { toast } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { t } from '#/js/models/words.js';
import { part, settingsPage } from '#/js/pages/parts.js';
import { sessionsPart } from '#/js/pages/sessions.js';

/** @typedef {import('#/js/console.js').Console} Console */

/** @param {Console} console */
export async function youPage(console) {
  const sessions = await console.api.sessions();
  const out = button(
    t('you.signOut'),
    { icon: 'door', onclick: () => void console.signOut().catch(() => toast(t('problem.unreachable'))) },
  );
  return settingsPage(
    { title: t('you.title'), act: out },
    profilePart(console),
    browserPart(console),
    passwordPart(console),
    sessionsPart(console, sessions),
  );
}

/** @param {Console} console */
function profilePart(console) {
  const { team } = /** @type {import('#/js/desk-session.js').DeskSession} */ (console.desk);
  const name = field({ label: t('you.name'), name: 'name', value: team.me.name, required: true, autocomplete: 'name', maxlength: 100 });
  const language = choice({
    label: t('language.label'),
    name: 'language',
    value: team.me.language,
    options: [{ value: 'en', label: t('language.en') }, { value: 'zh', label: t('language.zh') }],
  });
  const act = async () => {
    const before = team.me.language;
    const me = await console.api.changeMe({ name: name.value.trim(), language: /** @type {'en'|'zh'} */ (language.value) });
    team.putMember(me);
    if (me.language !== before) {
      console.preferences.language = me.language;
      console.speakAs(me.language);
      console.emit('member');
    }
    toast(t('act.saved'));
  };
  const grid = el('div', { class: 'form-grid' }, name.node, language.node);
  return part(
    { title: t('you.profile'), text: t('you.profile.text'), class: 'part-first' },
    form({ fields: [name, language], body: [grid], submit: t('act.save'), act, name: t('you.profile') }),
  );
}

/** @param {Console} console */
function browserPart({ preferences }) {
  const theme = el('div', { class: 'segments', role: 'radiogroup', 'aria-label': t('theme.label') },
    ...(/** @type {const} */ (['system', 'light', 'dark'])).map((value) => el(
      'label',
      null,
      el(
        'input',
        { type: 'radio', name: 'theme', value, checked: preferences.theme === value, onchange: () => (preferences.theme = value) },
      ),
      t(`theme.${value}`),
    )));
  const sound = el(
    'input',
    { type: 'checkbox', checked: preferences.sound, onchange: () => ((preferences.sound = sound.checked), sound.checked && playTones()) },
  );
  const notes = el('input', { type: 'checkbox', checked: preferences.notifications });
  const blocked = el('p', { class: 'field-error', role: 'status' });
  notes.onchange = async () => {
    const allowed = !notes.checked || (await allowNotifications());
    if (!allowed) blocked.replaceChildren(picture('alert', 'small'), t('you.notifications.blocked'));
    notes.checked = notes.checked && allowed;
    preferences.notifications = notes.checked;
  };
  return part({ title: t('you.browser') }, el(
    'div',
    { class: 'field' },
    el('span', { class: 'field-label' }, t('theme.label')),
    el('div', null, theme),
  ),
    el(
      'div',
      null,
      el('label', { class: 'check' }, sound, t('you.sound')),
      el('label', { class: 'check' }, notes, t('you.notifications')),
      blocked,
    ));
}

/** @param {Console} console */
function passwordPart(console) {
  const current = passwordField({ label: t('you.password.current'), name: 'current' });
  const next = passwordField({ label: t('you.password.new'), name: 'new', fresh: true, email: () => console.desk?.team.me.email ?? '' });
  const act = async () => {
    await console.api.changePassword(current.value, next.value);
    made.replaceWith(passwordPart(console));
    toast(t('you.password.changed'));
  };
  const who = el('input', { type: 'text', hidden: true, autocomplete: 'username', value: console.desk?.team.me.email ?? '' });
  const grid = el('div', { class: 'form-grid' }, who, current.node, next.node);
  const made = part(
    { title: t('you.changePassword'), text: t('you.changePassword.text') },
    form({ fields: [current, next], body: [grid], submit: t('you.changePassword'), act, name: t('you.changePassword') }),
  );
  return made;
}
