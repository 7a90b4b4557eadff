/** A node is added and changed with one form: what is always needed first, the rest below. */
import { button, empty } from '#/js/elements/parts.js';
import { choice, field } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { toast } from '#/js/elements/overlays.js';
import { fieldwise } from '#/js/gateway/elements/form-acts.js';
import { checkbox, gatewayPage } from '#/js/gateway/elements/parts.js';
import { boundTo, nodeChange, nodeWish } from '#/js/gateway/models/changes.js';
import { modelsText } from '#/js/gateway/models/model-map.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').GatewayNode} GatewayNode */
/** @typedef {import('#/js/elements/fields.js').Field} Field */

/** @param {Context} context */
export function newNodePage(context) {
  if (!context.mayManage) return onlyAdmins();
  const above = { href: pathTo({ name: 'nodes' }), label: t('gateway.nodes') };
  return gatewayPage({ title: t('nodes.add'), lead: t('node.new.lead'), above }, newForm(context));
}

/**
 * The pool is empty: what it is for, and the form at once.
 * @param {Context} context
 */
export function firstNode(context) {
  if (!context.mayManage) return empty({ icon: 'node', title: t('nodes.none.title'), text: t('nodes.none.agent') });
  return gatewayPage({ title: t('nodes.none.title'), lead: t('nodes.none.admin') }, newForm(context));
}

/** @param {Context} context */
export async function editNodePage(context) {
  const { api, hub, console, place } = context;
  if (!context.mayManage) return onlyAdmins();
  const node = await api.node(place.id ?? '');
  const parts = nodeFields(node);
  const act = async () => {
    const change = nodeChange(node, parts.values(), parts.credential());
    if (Object.keys(change).length > 0) hub.nodes.hear(await api.changeNode(node.id, change));
    toast(Object.keys(change).length > 0 ? t('act.saved') : t('form.unchanged'));
    console.back({ name: 'node', id: node.id });
  };
  const above = { href: pathTo({ name: 'node', id: node.id }), label: node.name };
  const body = form({ fields: parts.fields, body: parts.body, submit: t('act.save'), act: fieldwise(act), name: t('node.edit') });
  return gatewayPage({ title: t('node.editOf', { name: node.name }), above }, body);
}

const onlyAdmins = () => empty({ icon: 'node', title: t('gateway.onlyAdmins.title'), text: t('gateway.onlyAdmins') });

/** @param {Context} context */
function newForm({ api, hub, console }) {
  const parts = nodeFields(null);
  const act = async () => {
    const node = await api.createNode(nodeWish(parts.values()));
    hub.nodes.hear(node);
    toast(t('node.created', { name: node.name }));
    console.go(pathTo({ name: 'node', id: node.id }));
  };
  return form({ fields: parts.fields, body: parts.body, submit: t('nodes.add'), act: fieldwise(act), name: t('nodes.add') });
}

/** @param {GatewayNode|null} node */
function nodeFields(node) {
  const main = mainFields(node);
  const routing = routingFields(node);
  const health = healthFields(node);
  const special = specialFields(node);
  const secret = credentialPart(node);
  const checks = [checkbox({ label: t('node.allowPrivate'), name: 'allowPrivate', checked: node?.allowPrivate ?? false, hint: t('node.allowPrivate.hint') }),
    checkbox({ label: t('node.allowLoopback'), name: 'allowLoopback', checked: node?.allowLoopback ?? false, hint: t('node.allowLoopback.hint') })];
  const details = el(
    'details',
    { class: 'fold' },
    el('summary', null, t('node.special')),
    el(
      'div',
      { class: 'form' },
      grid(special),
      el('fieldset', { class: 'field' }, el('legend', { class: 'field-label' }, t('node.reach')), ...checks.map((one) => one.node)),
    ),
  );
  details.open = node !== null && (checks.some(({ input }) => input.checked) || special.some((one) => one.value !== '' && one.input.dataset['standard'] !== one.value));
  // A complaint inside a folded part must be seen.
  for (const one of special) one.fail = opening(details, one.fail);
  followFamily(main, special, health, node === null);
  const fields = [...main, secret.field, ...routing, ...health, ...special];
  const values = () => Object.fromEntries([
    ...fields.map((one) => [one.name, one.value]),
    ...checks.map(({ name, input }) => [name, input.checked]),
  ]);
  if (node) for (const { input } of [...main, ...checks]) input.addEventListener('input', () => secret.bind(boundTo(node, values())));
  const body = [
    grid(main),
    secret.node,
    section(t('node.routing'), grid(routing.slice(0, 3)), ...routing.slice(3).map((one) => one.node)),
    section(t('node.health'), grid(health)),
    details,
  ];
  return { fields, body, values, credential: secret.choice };
}

/** @param {GatewayNode|null} node */
function mainFields(node) {
  const families = [{ value: 'anthropic', label: 'Anthropic' }, { value: 'openai', label: 'OpenAI' }];
  return [
    field({ label: t('node.name'), name: 'name', value: node?.name ?? '', required: true, maxlength: 100, placeholder: 'north' }),
    field({
      label: t('node.url'),
      name: 'url',
      value: node?.url ?? '',
      type: 'url',
      required: true,
      maxlength: 1000,
      placeholder: 'https://api.anthropic.com',
      hint: t('node.url.hint'),
    }),
    choice({ label: t('node.family'), name: 'family', value: node?.family ?? 'anthropic', options: families, hint: t('node.family.hint') }),
  ];
}

/** @param {GatewayNode|null} node */
const routingFields = (node) => [
  number('priority', t('node.priority'), node ? String(node.priority) : '', t('node.priority.hint'), '1'),
  number('weight', t('node.weight'), node ? String(node.weight) : '', t('node.weight.hint'), '100'),
  number(
    'maxConcurrency',
    t('node.maxConcurrency'),
    node?.maxConcurrency ? String(node.maxConcurrency) : '',
    t('node.maxConcurrency.hint'),
    t('field.noLimit'),
  ),
  field({
    label: t('node.models'),
    name: 'models',
    rows: 3,
    value: modelsText(node?.models ?? []),
    hint: t('node.models.hint'),
    placeholder: 'claude-*',
  }),
];

/** @param {GatewayNode|null} node */
function healthFields(node) {
  const methods = /** @type {const} */ (['api', 'head', 'count', 'cli']).map((value) => ({ value, label: t(`node.method.${value}`) }));
  const standard = node ? [] : [{ value: '', label: t('node.method.standard') }];
  return [
    choice({
      label: t('node.healthMethod'),
      name: 'healthMethod',
      value: node?.healthMethod ?? '',
      options: [...standard, ...methods],
      hint: t('node.healthMethod.hint'),
    }),
    field({ label: t('node.healthModel'), name: 'healthModel', value: node?.healthModel ?? '', placeholder: 'claude-haiku-4-5-20251001' }),
  ];
}

/** @param {GatewayNode|null} node */
function specialFields(node) {
  const ways = [{ value: 'x-api-key', label: 'x-api-key' }, { value: 'bearer', label: 'Authorization: Bearer' }];
  const standard = node ? [] : [{ value: '', label: t('node.auth.standard') }];
  const made = [
    choice({ label: t('node.auth'), name: 'auth', value: node?.auth ?? '', options: [...standard, ...ways] }),
    field({ label: t('node.provider'), name: 'provider', value: node?.provider ?? '', hint: t('node.provider.hint'), placeholder: 'anthropic' }),
    field({ label: t('node.rateDomain'), name: 'rateDomain', value: node?.rateDomain ?? '', hint: t('node.rateDomain.hint') }),
    field({ label: t('node.cacheDomain'), name: 'cacheDomain', value: node?.cacheDomain ?? '', hint: t('node.cacheDomain.hint') }),
  ];
  const standards = [node?.family === 'openai' ? 'bearer' : 'x-api-key', node?.family ?? ''];
  made.forEach((one, index) => (one.input.dataset['standard'] = standards[index] ?? ''));
  return made;
}

/**
 * What a stored credential is, nobody gets to see: it can only be replaced or taken away.
 * @param {GatewayNode|null} node
 */
function credentialPart(node) {
  const secret = field({
    label: t('node.credential'),
    name: 'credential',
    type: 'password',
    autocomplete: 'new-password',
    hint: t('node.credential.hint'),
    maxlength: 4096,
  });
  /** @type {'keep'|'replace'|'remove'} */
  let chosen = node?.hasCredential ? 'keep' : 'replace';
  const words = el('p', { role: 'status' });
  const replace = button(t('node.credential.replace'), { icon: 'key' });
  const remove = button(t('node.credential.remove'), { kind: 'danger' });
  const keep = button(t('node.credential.keep'));
  const line = el('div', { class: 'key-line' }, words, el('div', { class: 'thing-actions' }, replace, remove, keep));
  /** @type {string|null} the address that it was given for, while the form names another */
  let bound = null;
  const choose = (/** @type {'keep'|'replace'|'remove'} */ wish) => {
    chosen = wish;
    secret.node.hidden = wish !== 'replace';
    replace.hidden = wish === 'replace' || (wish === 'remove' && bound === null);
    remove.hidden = wish === 'remove' || (wish === 'replace' && bound === null);
    keep.hidden = wish === 'keep' || bound !== null;
    words.textContent = bound !== null && wish === 'replace' ? t('node.credential.again.words', { origin: bound }) : t(`node.credential.${wish}.words`);
    if (wish !== 'replace') secret.input.value = '';
  };
  const bind = (/** @type {string|null} */ origin) => {
    if (origin === bound) return;
    const wasBound = bound !== null;
    bound = origin;
    if (bound !== null && chosen === 'keep') choose('replace');
    else if (bound === null && wasBound && chosen === 'replace' && secret.value === '' && node?.hasCredential) choose('keep');
    else choose(chosen);
  };
  // A complaint about a field that is folded away must be seen.
  const fail = secret.fail;
  secret.fail = (complaint) => (choose('replace'), fail(complaint));
  replace.onclick = () => (choose('replace'), secret.input.focus());
  remove.onclick = () => (choose('remove'), keep.focus());
  keep.onclick = () => (choose('keep'), replace.focus());
  choose(chosen);
  line.hidden = !node?.hasCredential;
  const label = el('span', { class: 'field-label' }, t('node.credential'));
  label.hidden = line.hidden;
  return { field: secret, node: el('div', { class: 'credential' }, label, line, secret.node), choice: () => chosen, bind };
}

/**
 * Placeholders tell the defaults of the family that is chosen.
 * @param {Field[]} main @param {Field[]} special @param {Field[]} health @param {boolean} fresh
 */
function followFamily([, url, family], [, provider], [, model], fresh) {
  if (!url || !family || !provider || !model) return;
  const show = () => {
    const isOpenAI = family.value === 'openai';
    url.input.setAttribute('placeholder', isOpenAI ? 'https://api.openai.com' : 'https://api.anthropic.com');
    provider.input.setAttribute('placeholder', family.value);
    model.input.setAttribute('placeholder', isOpenAI ? 'gpt-4.1-mini' : 'claude-haiku-4-5-20251001');
  };
  if (fresh) family.input.addEventListener('change', show);
  show();
}

/** @param {string} name @param {string} label @param {string} value @param {string} hint @param {string} placeholder */
export function number(name, label, value, hint, placeholder) {
  const made = field({ label, name, value, hint, placeholder, maxlength: 20 });
  made.input.setAttribute('inputmode', 'numeric');
  return made;
}

/** @param {Field[]} fields */
export const grid = (fields) => el('div', { class: 'form-grid' }, ...fields.map((one) => one.node));

/** @param {string} title @param {...Node} content */
export const section = (title, ...content) => el('section', { class: 'form-part' }, el('h2', null, title), ...content);

/** @param {HTMLDetailsElement} details @param {(words: string) => void} fail */
const opening = (details, fail) => (/** @type {string} */ words) => {
  details.open = true;
  fail(words);
};

