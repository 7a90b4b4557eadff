/** An address of nothing, for somebody who is not signed in (the shell says it to whoever is). */
import { linkButton } from '#/js/elements/parts.js';
import { t } from '#/js/models/words.js';
import { door } from '#/js/pages/door.js';

/** @param {import('#/js/console.js').Console} desk */
export const lostPage = (desk) => door(desk, {
  title: t('app.lost.title'),
  lead: t('app.lost.text'),
  content: [linkButton(t('app.lost.home'), { href: '/', kind: 'primary' })],
});
