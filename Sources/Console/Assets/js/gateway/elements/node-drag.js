/** Drags a row to its new place, by mouse, pen and finger. Escape lets go and changes nothing. */
import { dropOf } from '#/js/gateway/models/node-order.js';

/** Pixels from the edge of the list at which it begins to scroll, and its step. */
const EDGE = 56;
const STEP = 12;

/**
 * @param {{list: HTMLElement, id: string, event: PointerEvent, drop: (other: string, where: 'before'|'into'|'after') => void}} parts
 */
export function dragRow({ list, id, event, drop }) {
  const row = rowOf(list, id);
  const grip = event.currentTarget;
  if (event.button !== 0 || !row || !(grip instanceof HTMLElement)) return;
  const stop = new AbortController();
  const options = { signal: stop.signal };
  /** @type {{other: HTMLElement, where: 'before'|'into'|'after'}|null} */
  let target = null;
  let y = event.clientY;
  const aim = () => {
    mark(target, null);
    target = targetAt(list, y, id);
    mark(target, target?.where ?? null);
  };
  const end = () => {
    stop.abort();
    clearInterval(scrolling);
    mark(target, null);
    row.removeAttribute('data-dragged');
    list.removeAttribute('data-dragging');
  };
  const scrolling = setInterval(() => scrollNear(list, y) && aim(), 16);
  grip.setPointerCapture(event.pointerId);
  grip.addEventListener('pointermove', (move) => {
    y = move.clientY;
    row.setAttribute('data-dragged', '');
    list.setAttribute('data-dragging', '');
    aim();
  }, options);
  grip.addEventListener('pointerup', () => {
    const { other, where } = target ?? {};
    end();
    if (other?.dataset['id'] && where) drop(other.dataset['id'], where);
  }, options);
  grip.addEventListener('pointercancel', end, options);
  document.addEventListener('keydown', (key) => {
    if (key.key !== 'Escape') return;
    key.preventDefault();
    key.stopPropagation();
    end();
  }, { ...options, capture: true });
}

/** @param {HTMLElement} list @param {string} id */
const rowOf = (list, id) => rowsOf(list).find((row) => row.dataset['id'] === id);

/** @param {HTMLElement} list */
const rowsOf = (list) => [...list.children].filter((row) => row instanceof HTMLElement).map((row) => /** @type {HTMLElement} */ (row));

/** @param {HTMLElement} list @param {number} y @param {string} id */
function targetAt(list, y, id) {
  const rows = rowsOf(list);
  const other = rows.find((row) => y < row.getBoundingClientRect().bottom) ?? rows.at(-1);
  if (!other || other.dataset['id'] === id) return null;
  return { other, where: dropOf(y, other.getBoundingClientRect()) };
}

/** @param {{other: HTMLElement}|null} target @param {string|null} where */
function mark(target, where) {
  if (!target) return;
  if (where) target.other.dataset['drop'] = where;
  else delete target.other.dataset['drop'];
}

/** @param {HTMLElement} list @param {number} y */
function scrollNear(list, y) {
  const box = list.closest('.settings');
  if (!box) return false;
  const { top, bottom } = box.getBoundingClientRect();
  const step = y < top + EDGE ? -STEP : y > bottom - EDGE ? STEP : 0;
  const before = box.scrollTop;
  if (step !== 0) box.scrollTop += step;
  return box.scrollTop !== before;
}
