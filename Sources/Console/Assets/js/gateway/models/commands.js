/** Commands that are ready to be pasted, for the programs that people use most. */

/**
 * What a shell may take for something else is put between quotes.
 * @param {string} text
 */
const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * @param {'claude'|'anthropic'|'openai'|'curl'} client
 * @param {string} key
 * @param {string} base the gateway's origin
 */
export function commandFor(client, key, base) {
  if (client === 'openai') return `OPENAI_BASE_URL=${quoted(`${base}/v1`)} OPENAI_API_KEY=${quoted(key)} python app.py`;
  if (client === 'curl') return `curl ${quoted(`${base}/v1/models`)} -H ${`'x-api-key: ${key.replaceAll(
    "'",
    '',
  )}'`} -H 'anthropic-version: 2023-06-01'`;
  const program = client === 'claude' ? 'claude' : 'python app.py';
  return `ANTHROPIC_BASE_URL=${quoted(base)} ANTHROPIC_API_KEY=${quoted(key)} ${program}`;
}
