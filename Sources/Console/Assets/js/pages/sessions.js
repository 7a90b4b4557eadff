/** Where one is signed in, and ending it there. */
import { button, picture } from '#/js/elements/parts.js';
import { busy } from '#/js/elements/forms.js';
import { toast } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { browserOf } from '#/js/models/agents.js';
import { sentence } from '#/js/models/problems.js';
import { ago, t } from '#/js/models/words.js';
import { part, thing } from '#/js/pages/parts.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/api/api.js').SignedInSession} Session */

/** @param {Console} console @param {Session[]} sessions */
export function sessionsPart(console, sessions) {
  let left = [...sessions].sort((one, other) => Number(other.current) - Number(one.current) || other.lastSeenAt - one.lastSeenAt);
  const list = el('ul', { class: 'things' });
  const others = button(t('you.session.endOthers'), { kind: 'danger' });
  const keep = (/** @type {(one: Session) => boolean} */ which) => {
    left = left.filter(which);
    list.replaceChildren(...left.map((session) => sessionThing(console, session, () => keep(({ id }) => id !== session.id))));
    others.hidden = left.length < 2;
  };
  others.onclick = () => busy(others, async () => {
    await console.api.endOtherSessions();
    keep(({ current }) => current);
  }).catch((problem) => toast(sentence(problem)));
  keep(() => true);
  return part({ title: t('you.sessions'), text: t('you.sessions.text') }, list, el('div', null, others));
}

/** @param {Console} console @param {Session} session @param {() => void} gone */
function sessionThing(console, { id, current, lastSeenAt, userAgent, address }, gone) {
  const known = browserOf(userAgent ?? '');
  const title = known ? t('you.session.browser', known) : t('you.session.unknown');
  const end = button(t('you.session.end'));
  end.onclick = () => busy(end, async () => {
    await console.api.endSession(id);
    gone();
    toast(t('you.session.ended'));
  }).catch((problem) => toast(sentence(problem)));
  const act = current ? el('span', { class: 'tag', 'data-kind': 'good' }, t('you.session.this')) : end;
  return thing({ face: picture('screen'), title, text: t('you.session.seen', { when: ago(lastSeenAt), address }), acts: [act] });
}
