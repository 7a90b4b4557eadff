/**
 * A hint, not the rule: the server decides (10–200 characters, not the e-mail, not a common one).
 */

export const SHORTEST = 10;
const LONGEST = 200;

/**
 * @param {string} password
 * @param {string} [email]
 * @returns {{level: 0|1|2|3|4, hint: 'empty'|'short'|'long'|'email'|'repeats'|'fair'|'good'|'strong'}}
 */
export function strengthOf(password, email = '') {
  const length = [...password].length;
  if (length === 0) return { level: 0, hint: 'empty' };
  if (length < SHORTEST) return { level: 1, hint: 'short' };
  if (length > LONGEST) return { level: 1, hint: 'long' };
  if (holdsEmail(password, email)) return { level: 1, hint: 'email' };
  const different = new Set(password).size;
  if (different < 5 || isRun(password)) return { level: 1, hint: 'repeats' };
  const bits = length * Math.log2(alphabet(password)) * Math.min(1, (different + 4) / length);
  if (bits < 60) return { level: 2, hint: 'fair' };
  return bits < 80 ? { level: 3, hint: 'good' } : { level: 4, hint: 'strong' };
}

/** @param {string} password @param {string} email */
function holdsEmail(password, email) {
  const address = email.trim().toLowerCase();
  return address !== '' && password.toLowerCase() === address;
}

/**
 * "abcdefghij", "1234567890".
 * @param {string} password
 */
function isRun(password) {
  const codes = [...password.toLowerCase()].map((letter) => letter.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  return [-1, 0, 1].some((usual) => steps.filter((step) => step === usual).length >= steps.length - 1);
}

/**
 * How many characters a guesser must try at each place.
 * @param {string} password
 */
function alphabet(password) {
  const kinds = [[/[a-z]/, 26], [/[A-Z]/, 26], [/[0-9]/, 10], [/[ -/:-@[-`{-~]/, 32], [/[^ -~]/, 100]];
  return kinds.reduce((sum, [pattern, size]) => sum + (pattern instanceof RegExp && pattern.test(password) ? Number(size) : 0), 0);
}
