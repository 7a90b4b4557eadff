/**
 * From a failure to words: which belong to which field, and what stands above the form.
 *
 *   const { fields, general } = explain(problem, ['email', 'password']);
 */
import { Problem } from '#/js/lib/http.js';
import { maybe, t } from '#/js/models/words.js';

/** @type {Record<string, RegExp>} codes that alone say which field they are about */
const ABOUT = { 'people.password_weak': /password$|^new$/, 'people.password_wrong': /^current$/, 'people.email_taken': /email$/ };

/**
 * What happened, in the member's language where it is known.
 * @param {unknown} problem
 * @returns {string}
 */
export function sentence(problem) {
  if (!(problem instanceof Problem)) return t('problem.unknown', { code: 'console' });
  if (problem.code === 'people.too_many_tries' && problem.retryAfterMs) {
    return t('problem.tooManyTriesFor', { count: Math.ceil(problem.retryAfterMs / 1000) });
  }
  const known = maybe(`problem.${problem.code}`) ?? maybe(`problem.${problem.code.replace(/^\w+\./, '')}`);
  if (known) return known;
  if (problem.status >= 500) return t('problem.server');
  return problem.detail || t('problem.unknown', { code: problem.code });
}

/**
 * @param {unknown} problem
 * @param {readonly string[]} names of the fields that the form has; the server may name them by their last part
 * @returns {{fields: Map<string, string>, general: string|null}}
 */
export function explain(problem, names) {
  /** @type {Map<string, string>} */
  const fields = new Map();
  const errors = problem instanceof Problem ? problem.errors : [];
  let homeless = errors.length === 0;
  for (const { field, code, detail } of errors) {
    const name = names.find((one) => one === field) ?? names.find((one) => lastPart(one) === lastPart(String(field)));
    const words = maybe(`problem.${code}`) ?? (detail || sentence(problem));
    if (name && !fields.has(name)) fields.set(name, words);
    else if (!name) homeless = true;
  }
  if (fields.size === 0 && problem instanceof Problem && Object.hasOwn(ABOUT, problem.code)) return byCode(problem, names);
  return { fields, general: homeless ? sentence(problem) : null };
}

/**
 * The code alone says which field it is about.
 * @param {Problem} problem
 * @param {readonly string[]} names
 */
function byCode(problem, names) {
  const name = names.find((one) => ABOUT[problem.code]?.test(one));
  return name ? { fields: new Map([[name, sentence(problem)]]), general: null } : { fields: new Map(), general: sentence(problem) };
}

/** @param {string} path */
const lastPart = (path) => path.split('.').at(-1) ?? path;
