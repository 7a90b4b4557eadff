// Lets Node find `#/…` where the browser has the page's import map: `node --import ./assets.mjs --test`.
import { register } from 'node:module';

const assets = new URL('../../../Sources/Console/Assets/', import.meta.url).href;
const hooks = `export function resolve(specifier, context, next) {
  return specifier.startsWith('#/') ? { url: new URL(specifier.slice(2), ${JSON.stringify(assets)}).href, format: 'module', shortCircuit: true } : next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
