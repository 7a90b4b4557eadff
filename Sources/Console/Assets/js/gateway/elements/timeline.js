/** 24 hours of a node as 48 cells. The height tells what the colour tells; a sentence tells it to those who see neither. */
import { svg } from '#/js/gateway/elements/svg.js';
import { timelineWords } from '#/js/gateway/models/node-health.js';
import { el } from '#/js/lib/dom.js';

/** @typedef {import('#/js/gateway/api.js').Cell} Cell */

const CELLS = 48;
const WIDTH = 4;
const HEIGHT = 20;

/** @type {Record<Cell['state'], number>} pixels, from below */
const HEIGHTS = { healthy: 20, troubled: 13, down: 7, none: 2 };

/** @param {readonly Cell[]} cells */
export function timeline(cells) {
  const shown = cells.slice(-CELLS);
  const offset = CELLS - shown.length;
  const paths = /** @type {Cell['state'][]} */ (Object.keys(HEIGHTS)).map((state) => {
    const d = shown.map((cell, index) => (cell.state === state ? bar(index + offset, HEIGHTS[state]) : '')).join('');
    return d ? svg('path', { d, class: `cell-${state}` }) : null;
  });
  const drawing = svg('svg', { viewBox: `0 0 ${CELLS * WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...paths);
  const words = timelineWords(shown);
  return el('span', { class: 'timeline', role: 'img', 'aria-label': words, title: words }, drawing);
}

/** @param {number} index @param {number} height */
const bar = (index, height) => `M${index * WIDTH + 0.5} ${HEIGHT - height}h${WIDTH - 1}v${height}h-${WIDTH - 1}z`;
