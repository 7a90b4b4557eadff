/**
 * A node's models as people write them, one a line: `claude-*`, or `claude-haiku -> gpt-5-mini` where the node calls it otherwise.
 *
 * @typedef {import('#/js/gateway/api.js').ModelLine} ModelLine
 */

/**
 * @param {string} text
 * @returns {{models: ModelLine[], bad: string|null}} bad: the first line that says nothing
 */
export function parseModels(text) {
  /** @type {ModelLine[]} */
  const models = [];
  for (const line of text.split(/[\n,，]/).map((one) => one.trim()).filter(Boolean)) {
    const [match = '', to, more] = line.split(/\s*(?:->|→|=>)\s*/);
    if (match === '' || to === '' || more !== undefined || /\s/.test(match + (to ?? ''))) return { models: [], bad: line };
    models.push({ match, to: to ?? null });
  }
  return { models, bad: null };
}

/** @param {readonly ModelLine[]} models */
export const modelsText = (models) => models.map(({ match, to }) => (to ? `${match} -> ${to}` : match)).join('\n');
