/**
 * Many changes, one drawing: calls `draw` with the next frame, once for all calls until then, and only while the element is on the page.
 *
 * @param {HTMLElement} element
 * @param {() => void} draw
 */
export function drawLater(element, draw) {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      if (element.isConnected) draw();
    });
  };
}
