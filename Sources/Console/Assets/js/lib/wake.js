/**
 * The moments in which a page must not trust its connection: it is looked at again, comes out of the back-forward cache, the network changed.
 *
 *   const stop = watchPage(() => connection.wake());
 *
 * @param {() => void} wake
 * @param {{window?: Window, document?: Document}} page
 * @returns {() => void}
 */
export function watchPage(wake, { window = globalThis.window, document = globalThis.document } = {}) {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const seen = () => document.visibilityState === 'visible' && wake();
  document.addEventListener('visibilitychange', seen, options);
  window.addEventListener('pageshow', (event) => event.persisted && wake(), options);
  for (const name of ['online', 'offline', 'focus']) window.addEventListener(name, wake, options);
  return () => stop.abort();
}
