/** The first minute of a server: workspace, owner, first shop, and then straight to the snippet. */
import { banner, linkButton } from '#/js/elements/parts.js';
import { choice, field, passwordField } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { t } from '#/js/models/words.js';
import { door, tokenInAddress } from '#/js/pages/door.js';

/** @typedef {import('#/js/elements/fields.js').Field} Field */

/** Kept out of the address once it is read, so that it stays in no history and no screenshot. */
let token = '';

/** @param {import('#/js/console.js').Console} desk */
export function setupPage(desk) {
  token = tokenInAddress() || token;
  const content = el('div', { class: 'form' });
  void desk.api.setupNeeded().then(({ needed }) => needed || content.replaceChildren(alreadyDone()), () => {});
  if (token) content.append(setupForm(desk));
  else content.append(banner('warn', t('setup.tokenMissing')));
  return door(desk, { title: t('setup.title'), lead: t('setup.lead'), content: [content] });
}

const alreadyDone = () => el(
  'div',
  { class: 'form' },
  banner('info', t('setup.done')),
  linkButton(t('signin.submit'), { href: '/signin', kind: 'primary' }),
);

/** @param {import('#/js/console.js').Console} desk */
function setupForm(desk) {
  const fields = makeFields();
  const act = async () => {
    const { member, workspace, shop } = await desk.api.setUp(wishOf(fields));
    await desk.enter(await desk.inThisLanguage(member), workspace, `${pathTo({ name: 'shop', id: shop.id })}#welcome`);
  };
  const part = (/** @type {Field[]} */ ...some) => el('div', { class: 'form-part' }, ...some.map((one) => one.node));
  const body = [part(fields.workspace), part(fields.name, fields.email, fields.password), part(fields.shop, fields.language)];
  queueMicrotask(() => fields.workspace.input.focus());
  return form({ fields: Object.values(fields), submit: t('setup.submit'), act, body, wide: true, name: t('setup.title') });
}

function makeFields() {
  const email = field({ label: t('you.email'), name: 'owner.email', type: 'email', required: true, autocomplete: 'username' });
  return {
    workspace: field({
      label: t('setup.workspace'),
      name: 'workspace',
      required: true,
      autocomplete: 'organization',
      hint: t('setup.workspace.hint'),
      maxlength: 100,
    }),
    name: field({ label: t('you.name'), name: 'owner.name', required: true, autocomplete: 'name', maxlength: 100 }),
    email,
    password: passwordField({ label: t('you.password'), name: 'owner.password', fresh: true, email: () => email.value }),
    shop: field({ label: t('setup.shop'), name: 'shop.name', required: true, hint: t('setup.shop.hint'), maxlength: 100 }),
    language: choice({ label: t('setup.language'), name: 'shop.language', value: 'auto', options: shopLanguages() }),
  };
}

export const shopLanguages = () => /** @type {const} */ (['auto', 'en', 'zh']).map((value) => ({ value, label: t(`language.${value}`) }));

/** @param {ReturnType<typeof makeFields>} fields */
const wishOf = ({ workspace, name, email, password, shop, language }) => ({
  token,
  workspace: workspace.value.trim(),
  owner: { name: name.value.trim(), email: email.value.trim(), password: password.value },
  shop: { name: shop.value.trim(), language: language.value },
});
