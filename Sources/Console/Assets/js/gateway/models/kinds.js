/** Kinds of tokens: as the ledger (`cache_read`) and the reports (`cacheReadTokens`) call them. */
import { maybe } from '#/js/models/words.js';

/** @param {string} kind */
export function kindWords(kind) {
  const name = kind.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()).replace(/Tokens$/, '');
  return maybe(`kind.${name}`) ?? kind;
}
