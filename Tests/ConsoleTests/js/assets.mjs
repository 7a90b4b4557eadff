// Lets Node find `#/…` where the browser has the page's import map: `node --import ./assets.mjs --test`.
// STRIP=1 runs everything on the sources as the server sends them, without their comments.
import { register } from 'node:module';

const assets = new URL('../../../Sources/Console/Assets/', import.meta.url).href;
const stripping = new URL('./world/stripped.js', import.meta.url).href;
const hooks = `
import { readFile } from 'node:fs/promises';
import { stripped } from ${JSON.stringify(stripping)};
export function resolve(specifier, context, next) {
  return specifier.startsWith('#/') ? { url: new URL(specifier.slice(2), ${JSON.stringify(assets)}).href, format: 'module', shortCircuit: true } : next(specifier, context);
}
export async function load(url, context, next) {
  if (!${process.env.STRIP === '1'} || !url.startsWith(${JSON.stringify(assets)})) return next(url, context);
  return { format: 'module', source: stripped(await readFile(new URL(url), 'utf8')), shortCircuit: true };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
