/**
 * Allowed sites as people paste them: whole addresses, without a scheme, one a line or with commas. A site is scheme, host and port.
 * @param {string} text
 * @returns {{origins: string[], bad: string[]}}
 */
export function parseOrigins(text) {
  /** @type {Set<string>} */
  const origins = new Set();
  /** @type {string[]} */
  const bad = [];
  for (const word of text.split(/[\s,，、]+/).filter(Boolean)) {
    const origin = originOf(word);
    if (origin) origins.add(origin);
    else bad.push(word);
  }
  return { origins: [...origins], bad };
}

/** @param {string} word */
function originOf(word) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(word) ? word : `https://${word}`);
    const sound = (url.protocol === 'https:' || url.protocol === 'http:') && /^(localhost|\[.+\]|.+\..+)$/.test(url.hostname)
      && !url.username;
    return sound ? url.origin : null;
  } catch {
    return null;
  }
}
