/**
 * The icons: drawn on a grid of 20, one stroke, in the colour of the text beside them. They say nothing to screen readers: the words do.
 */

const PATHS = {
  inbox: 'M3 11.5 5.2 4.7A1.5 1.5 0 0 1 6.6 3.7h6.8a1.5 1.5 0 0 1 1.4 1L17 11.5v3.5a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 15zM3 11.5h4l1 2h4l1-2h4',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM17 17l-3.7-3.7',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  back: 'M12 4l-6 6 6 6',
  next: 'M8 4l6 6-6 6',
  down: 'M5 8l5 5 5-5',
  toLatest: 'M10 4v12M5 11l5 5 5-5',
  close: 'M5 5l10 10M15 5L5 15',
  check: 'M4 10.5l4 4 8-9',
  checks: 'M1.5 10.5l4 4 7.5-9M9 13l1.5 1.5 8-9',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l2.5 2',
  alert: 'M10 3l7.5 13.5h-15zM10 8v4M10 14.2v.1',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9v5M10 6.2v.1',
  send: 'M17 3L9 11M17 3l-5 14-3-6-6-3z',
  note: 'M4 3.5h12v8.5l-4.5 4.5H4zM16 12h-4.5v4.5M7 7.5h6M7 10.5h3',
  person: 'M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 17c.5-3.5 3-5 6.5-5s6 1.5 6.5 5',
  people: 'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c.4-3 2.5-4.5 5.5-4.5s5.1 1.5 5.5 4.5M13 3.8a3 3 0 0 1 0 5.5M15 12.4c1.7.7 2.7 2.1 3 4.1',
  shop: 'M3.5 8.5v8h13v-8M2.5 6.5l1.5-3.5h12l1.5 3.5a2.5 2.5 0 0 1-5 0 2.5 2.5 0 0 1-5 0 2.5 2.5 0 0 1-5 0zM8 16.5v-4h4v4',
  building: 'M4 17V3.5h8V17M12 8h4v9M2.5 17h15M7 7h2M7 10h2M7 13h2',
  copy: 'M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5z',
  external: 'M8 4H4v12h12v-4M11.5 3.5h5v5M16.5 3.5L9.5 10.5',
  panel: 'M3 4h14v12H3zM12.5 4v12',
  plus: 'M10 4v12M4 10h12',
  key: 'M7 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM10 9.5l6.5-6.5M13.5 6l2.5 2.5',
  reopen: 'M4 10a6 6 0 1 0 2-4.5L4 7.5M4 3.5v4h4',
  reply: 'M8 5L3.5 9.5 8 14M3.5 9.5H12a4.5 4.5 0 0 1 4.5 4.5v1.5',
  screen: 'M3 4h14v9H3zM7 16.5h6M10 13v3.5',
  keyboard: 'M2.5 5.5h15v9h-15zM5.5 8.5v.1M8.5 8.5v.1M11.5 8.5v.1M14.5 8.5v.1M6.5 11.5h7',
  door: 'M8 3.5H4v13h4M12.5 6.5L16 10l-3.5 3.5M16 10H8',
  gateway: 'M3 10h4M13 5h4M13 10h4M13 15h4M7 10c3 0 3-5 6-5M7 10h6M7 10c3 0 3 5 6 5',
  node: 'M4 4h12v5H4zM4 11h12v5H4zM7 6.5v.1M7 13.5v.1',
  server: 'M3.5 4h13v4.5h-13zM3.5 11.5h13V16h-13zM6 6.3v.1M6 13.8v.1M9 6.3h5M9 13.8h5',
  pulse: 'M2.5 10.5h4l2-6 3.5 11 2-5h3.5',
  chart: 'M3.5 16.5h13M5.5 13.5v-4M10 13.5v-9M14.5 13.5v-6',
  list: 'M7.5 5h9M7.5 10h9M7.5 15h9M3.8 5v.1M3.8 10v.1M3.8 15v.1',
  price: 'M3 10.5V3.5h7l7 7-6.5 6.5zM6.7 7.2v.1',
  log: 'M5 3.5h10v13H5zM7.5 7h5M7.5 10h5M7.5 13h3',
  grip: 'M7.5 5v.1M12.5 5v.1M7.5 10v.1M12.5 10v.1M7.5 15v.1M12.5 15v.1',
  more: 'M4.5 10v.1M10 10v.1M15.5 10v.1',
  download: 'M10 3.5v9M6 9l4 4 4-4M3.5 16.5h13',
  contrast: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 3v14M10 6.5h5.5M10 10h7M10 13.5h5.5',
};

/** @typedef {keyof typeof PATHS} IconName */

const SVG = 'http://www.w3.org/2000/svg';

/** @param {IconName} name @param {'small'|'normal'} [size] */
export function icon(name, size = 'normal') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  if (size === 'small') svg.dataset['size'] = 'small';
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** Two lines that change places on a board. */
export function mark() {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 32 32');
  svg.setAttribute('aria-hidden', 'true');
  const box = document.createElementNS(SVG, 'rect');
  for (const [name, value] of Object.entries({ width: '32', height: '32', rx: '9', class: 'mark-box' })) box.setAttribute(name, value);
  const lines = document.createElementNS(SVG, 'path');
  lines.setAttribute('d', 'M10 11.5c0 6.5 12 2.5 12 9M22 11.5c0 2.2-1.4 3.2-3.2 4M10 20.5c0-2.2 1.4-3.2 3.2-4');
  lines.setAttribute('class', 'mark-lines');
  svg.append(box, lines);
  for (const [x, y] of [[10, 9.5], [22, 9.5], [10, 22.5], [22, 22.5]]) {
    const dot = document.createElementNS(SVG, 'circle');
    for (const [name, value] of Object.entries({ cx: x, cy: y, r: 2.7, class: 'mark-dot' })) dot.setAttribute(name, String(value));
    svg.append(dot);
  }
  return svg;
}
