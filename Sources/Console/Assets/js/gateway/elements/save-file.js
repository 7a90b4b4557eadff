/** A file of the server's, saved by the browser: for answers that a plain link can't ask for. */
import { Problem } from '#/js/lib/http.js';
import { el } from '#/js/lib/dom.js';

/** @param {string} path @param {string} type what is accepted @param {string} name of the file */
export async function saveFile(path, type, name) {
  const answer = await fetch(path, { headers: { accept: type }, cache: 'no-store' }).catch(() => {
    throw new Problem({ status: 0, code: 'unreachable' });
  });
  if (!answer.ok || !(answer.headers.get('content-type') ?? '').startsWith(type)) throw new Problem({
    status: answer.status,
    code: `http.${answer.status}`,
  });
  const address = URL.createObjectURL(await answer.blob());
  const link = el('a', { download: name });
  link.href = address;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
