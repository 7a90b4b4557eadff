/** What can be done with a node, for its row and for its page. */
import { confirmAct, toast } from '#/js/elements/overlays.js';
import { attempt, lapse } from '#/js/gateway/elements/parts.js';
import { codeWords } from '#/js/gateway/models/node-health.js';
import { t } from '#/js/gateway/words.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').GatewayNode} GatewayNode */

/**
 * @param {Context} context
 * @param {GatewayNode} node
 * @param {'enable'|'disable'|'drain'|'undrain'} step
 * @param {HTMLButtonElement|null} [from]
 */
export async function stepNode(context, node, step, from = null) {
  const { api, hub } = context;
  const opposite = /** @type {const} */ ({ enable: null, disable: 'enable', drain: 'undrain', undrain: null })[step];
  await attempt(from, async () => {
    hub.nodes.hear(await api.stepNode(node.id, step));
    const undo = opposite ? { act: t('act.undo'), onact: () => void stepNode(context, node, opposite) } : {};
    toast(t(`node.${step}.done`, { name: node.name }), undo);
  });
}

/**
 * Asks the node now and says how it went.
 * @param {Context} context
 * @param {GatewayNode} node
 * @param {HTMLButtonElement|null} [from]
 */
export async function testNode({ api, hub }, { id, name }, from = null) {
  if (!from) toast(t('node.test.running', { name }));
  await attempt(from, async () => {
    const result = await api.testNode(id);
    toast(resultWords(name, result));
    hub.nodes.hear(await api.node(id));
  });
}

/** @param {string} name @param {import('#/js/gateway/api.js').ProbeResult} result */
export function resultWords(name, { ok, ms, status, code, detail }) {
  const facts = { name, time: lapse(ms) };
  if (ok) return t('node.test.ok', facts);
  const why = codeWords(code) ?? (status ? codeWords(String(status)) : null) ?? detail ?? code ?? '';
  return t('node.test.failed', { ...facts, why });
}

/** @param {Context} context @param {GatewayNode} node @returns {Promise<boolean>} whether it is gone */
export async function deleteNode({ api, hub }, { id, name }) {
  const sure = await confirmAct({
    title: t('node.delete.title', { name }),
    text: t('node.delete.text', { name }),
    act: t('node.delete.act', { name }),
  });
  return sure && attempt(null, async () => {
    await api.deleteNode(id);
    hub.nodes.remove(id);
    toast(t('node.deleted', { name }));
  });
}
