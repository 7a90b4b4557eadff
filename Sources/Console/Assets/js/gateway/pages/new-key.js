/** A new key: the form, then the key, once, with commands that are ready to be pasted. */
import { banner, button, empty, linkButton } from '#/js/elements/parts.js';
import { form } from '#/js/elements/forms.js';
import { copyText } from '#/js/elements/overlays.js';
import { fieldwise } from '#/js/gateway/elements/form-acts.js';
import { copyBox, gatewayPage } from '#/js/gateway/elements/parts.js';
import { keyWish } from '#/js/gateway/models/changes.js';
import { commandFor } from '#/js/gateway/models/commands.js';
import { keyFields } from '#/js/gateway/pages/key-form.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */

/** @param {Context} context */
export function newKeyPage({ api, hub, mayManage }) {
  if (!mayManage) return empty({ icon: 'key', title: t('gateway.onlyAdmins.title'), text: t('gateway.onlyAdmins') });
  const parts = keyFields(null);
  const act = async () => {
    // First what can be asked again: the key is shown only once.
    const { anthropic } = await api.address();
    const made = await api.createKey(keyWish(parts.values()));
    page.replaceWith(shownOnce(made, hub.nodes.list.length, anthropic));
    const title = document.querySelector('.gateway-body h1');
    if (title instanceof HTMLElement) (title.setAttribute('tabindex', '-1'), title.focus());
  };
  const above = { href: pathTo({ name: 'keys' }), label: t('gateway.keys') };
  const body = form({ fields: parts.fields, body: parts.body, submit: t('keys.add'), act: fieldwise(act), name: t('keys.add') });
  const page = gatewayPage({ title: t('keys.add'), lead: t('key.new.lead'), above }, body);
  return page;
}

/**
 * The server keeps only its hash.
 * @param {{id: string, name: string, key: string}} made
 * @param {number} nodes
 * @param {string} base the gateway's address
 */
function shownOnce({ name, key }, nodes, base) {
  const copy = button(t('key.copy'), { kind: 'primary', icon: 'copy' });
  copy.onclick = () => void copyText(copy, key);
  const missing = nodes === 0
    ? banner('warn', el('span', null, t('key.noNodes')), ' ', el('a', { href: pathTo({ name: 'nodes' }) }, t('nodes.add')))
    : null;
  return gatewayPage(
    { title: t('key.made', { name }), lead: t('key.made.lead'), above: { href: pathTo({ name: 'keys' }), label: t('gateway.keys') } },
    missing,
    el('div', { class: 'snippet secret' }, el('h2', null, t('key.itself')), el('pre', { id: 'new-key' }, key), el('div', null, copy)),
    el(
      'div',
      { class: 'steps' },
      copyBox(t('command.claude'), commandFor('claude', key, base)),
      copyBox(t('command.anthropic'), commandFor('anthropic', key, base)),
      copyBox(t('command.openai'), commandFor('openai', key, base)),
    ),
    el('p', { class: 'lead' }, t('key.next')),
    el(
      'div',
      { class: 'form-actions' },
      linkButton(t('key.watch'), { href: pathTo({ name: 'live' }) }),
      linkButton(t('key.done'), { href: pathTo({ name: 'keys' }) }),
    ),
  );
}
