/**
 * The moments in which a page must not trust its connection: it is looked at again, comes out of the back-forward cache, the network changed.
 *
 *   const stop = watchPage({ wake: () => connection.wake(), leave: () => … });     // leave: it may be the page's last moment
 *
 * @param {{wake: () => void, leave: () => void}} acts
 * @param {{window?: Window, document?: Document}} page
 * @returns {() => void}
 */
export function watchPage({ wake, leave }, { window = globalThis.window, document = globalThis.document } = {}) {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'visible' ? wake() : leave()), options);
  window.addEventListener('pagehide', leave, options);
  window.addEventListener('pageshow', (event) => event.persisted && wake(), options);
  for (const name of ['online', 'offline', 'focus']) window.addEventListener(name, wake, options);
  watchNetwork(/** @type {any} */ (window.navigator)?.connection, wake, options);
  return () => stop.abort();
}

/**
 * From one network to another, where the browser tells (a phone's). It tells of its guesses at speed as well, which change nothing.
 * @param {any} network
 * @param {() => void} wake
 * @param {{signal: AbortSignal}} options
 */
function watchNetwork(network, wake, options) {
  let type = network?.type;
  const changed = () => {
    if (network.type !== type) wake();
    type = network.type;
  };
  network?.addEventListener('change', changed, options);
}
