/** The workspace's name. */
import { el } from '#/js/lib/dom.js';
import { t } from '#/js/models/words.js';
import { settingsPage } from '#/js/pages/parts.js';

/** @param {import('#/js/console.js').Console} console */
export function workspacePage(console) {
  const { workspace } = /** @type {import('#/js/desk-session.js').DeskSession} */ (console.desk).team;
  const fact = (/** @type {string} */ label, /** @type {Node|string} */ value) => el(
    'div',
    null,
    el('dt', null, label),
    el('dd', null, value),
  );
  return settingsPage({ title: t('workspace.title'), lead: t('workspace.lead') },
    el('dl', { class: 'facts' }, fact(t('workspace.name'), workspace.name), fact(t('workspace.id'), el('code', null, workspace.id))));
}
