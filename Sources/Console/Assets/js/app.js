/** Where the console begins: which page belongs to the address, and what happens when that changes. */
import { Console } from '#/js/console.js';
import { Shell } from '#/js/elements/shell.js';
import { banner, button, empty, linkButton } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { isDoor, pathTo } from '#/js/models/router.js';
import { t } from '#/js/models/words.js';
import { invitePage } from '#/js/pages/invite.js';
import { lostPage } from '#/js/pages/lost.js';
import { setupPage } from '#/js/pages/setup.js';
import { signInPage } from '#/js/pages/sign-in.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
const desk = new Console();

/** @type {Shell|null} */
let shell = null;

/** @param {Node} node */
function show(node) {
  root.replaceChildren(node);
}

function draw() {
  const { place } = desk;
  if (isDoor(place)) {
    shell = null;
    if (place.name === 'setup') show(setupPage(desk));
    else if (place.name === 'invite') show(invitePage(desk));
    else show(signInPage(desk));
    return;
  }
  if (!desk.desk) return place.name === 'lost' ? show(lostPage(desk)) : undefined;
  if (place.name === 'home') return desk.replace(pathTo({ name: 'inbox', view: desk.preferences.view }));
  if (!shell?.isConnected) show((shell = new Shell(desk)));
  shell.arrive(place);
}

/** Who is here, asked once; doors need nobody. */
async function begin() {
  if (isDoor(desk.place) && desk.place.name !== 'signin') return draw();
  const here = await desk.api.me().catch(nobody);
  if (here) await desk.enter(here.member, here.workspace, desk.place.name === 'signin' ? desk.returnPath.take() : undefined);
}

/** @param {any} problem @returns {Promise<null>} */
async function nobody(problem) {
  if (problem?.status !== 401) unreachable();
  else if (desk.place.name === 'lost') draw();
  else if (desk.place.name === 'signin') draw();
  else if ((await desk.api.setupNeeded().catch(() => null))?.needed) desk.replace('/setup');
  else desk.askToSignIn();
  return null;
}

function unreachable() {
  show(el(
    'div',
    { class: 'door' },
    el(
      'div',
      { class: 'door-box' },
      banner('bad', t('problem.unreachable')),
      button(t('act.retry'), { kind: 'primary', wide: true, onclick: () => void begin() }),
    ),
  ));
}

desk.on('place', draw);
desk.on('member', () => {
  shell = null;
  draw();
});
desk.on('door', draw);
window.addEventListener('error', (event) => broken(event.error));
window.addEventListener('unhandledrejection', (event) => console.error(event.reason));

/**
 * Never a white page: what was typed is in the browser's storage.
 * @param {unknown} error
 */
function broken(error) {
  console.error(error);
  if (root.childElementCount > 0 && !root.querySelector('.starting')) return;
  show(empty({
    icon: 'alert',
    title: t('app.broken.title'),
    text: t('app.broken.text'),
    act: linkButton(t('app.reload'), { href: location.pathname, kind: 'primary' }),
  }));
}

void begin();
