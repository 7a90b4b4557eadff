/** Charts: small drawings of what a table beside them says. They are hidden from screen readers, which have the table. */
import { svg } from '#/js/gateway/elements/svg.js';
import { roundUp, runs } from '#/js/gateway/models/scale.js';
import { el } from '#/js/lib/dom.js';

/** @typedef {{label: string, value: number, title: string, kind?: string}} Bar */

const WIDTH = 720;
const HEIGHT = 160;

/**
 * Bars in time's order.
 * @param {readonly Bar[]} bars
 * @param {{axis: (value: number) => string}} words axis: how a value reads
 */
export function columns(bars, { axis }) {
  const top = roundUp(Math.max(0, ...bars.map(({ value }) => value)));
  const width = WIDTH / Math.max(1, bars.length);
  const gap = Math.min(6, width * 0.2);
  const drawn = bars.map(({ value, title }, index) => {
    const height = value > 0 ? Math.max(2, (value / top) * HEIGHT) : 0;
    const place = { x: index * width + gap / 2, width: width - gap };
    return svg(
      'g',
      { class: 'bar' },
      svg('title', {}, title),
      svg('rect', { ...place, y: 0, height: HEIGHT, class: 'bar-ground' }),
      svg('rect', { ...place, y: HEIGHT - height, height, rx: Math.min(3, place.width / 4) }),
    );
  });
  return frame(
    [svg('path', { class: 'grid', d: gridPath() }), ...drawn],
    { top: axis(top), middle: axis(top / 2), labels: ends(bars.map(({ label }) => label)) },
  );
}

/**
 * One value a second. Where none is known the ground is hatched, and the line stops.
 * @param {readonly (number|null)[]} values
 * @param {readonly (number|null)[]} bad of the same seconds, drawn from below
 * @param {{axis: (value: number) => string, from: string, to: string}} words
 */
export function pulse(values, bad, { axis, from, to }) {
  const top = roundUp(Math.max(1, ...values.map((value) => value ?? 0)));
  const step = WIDTH / values.length;
  const y = (/** @type {number} */ value) => HEIGHT - (value / top) * HEIGHT;
  const unknown = runs(values.map((value) => (value === null ? 0 : null))).map((run) => {
    const width = run.values.length * step;
    return `M${run.from * step} 0h${width}v${HEIGHT}h-${width}z`;
  }).join('');
  const areas = runs(values).map((run) => {
    const points = run.values.map((value, index) => `L${(run.from + index) * step} ${y(value)}h${step}`).join('');
    const start = run.from * step;
    return svg('path', { class: 'pulse', d: `M${start} ${HEIGHT}${points}V${HEIGHT}z` });
  });
  const failures = bad.map((value, index) => (value ? `M${index * step} ${y(value)}h${step}V${HEIGHT}h-${step}z` : '')).join('');
  const drawn = [
    svg('path', { class: 'grid', d: gridPath() }),
    ...areas,
    svg('path', { class: 'pulse-bad', d: failures }),
    svg('path', { class: 'gap', d: unknown }),
  ];
  return frame(drawn, { top: axis(top), middle: axis(top / 2), labels: [from, to] });
}

/** @param {(Node|null)[]} drawn @param {{top: string, middle: string, labels: string[]}} words */
function frame(drawn, { top, middle, labels }) {
  const drawing = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', class: 'chart-drawing' }, ...drawn);
  return el(
    'div',
    { class: 'chart', 'aria-hidden': 'true' },
    el('div', { class: 'chart-axis' }, el('span', null, top), el('span', null, middle), el('span', null, '0')),
    drawing,
    el('div', { class: 'chart-labels' }, ...labels.map((label) => el('span', null, label))),
  );
}

const gridPath = () => [0, HEIGHT / 2, HEIGHT].map((y) => `M0 ${y}h${WIDTH}`).join('');

/**
 * First, middle and last.
 * @param {string[]} labels
 */
function ends(labels) {
  if (labels.length < 3) return labels;
  return [labels[0] ?? '', labels[Math.floor((labels.length - 1) / 2)] ?? '', labels.at(-1) ?? ''];
}
