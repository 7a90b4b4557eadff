/** Who may sign in: roles, invitations, and who no longer may. */
import { avatar, button } from '#/js/elements/parts.js';
import { choice, field } from '#/js/elements/fields.js';
import { busy, form } from '#/js/elements/forms.js';
import { confirmAct, copyText, toast } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { t, words } from '#/js/models/words.js';
import { part, settingsPage, thing } from '#/js/pages/parts.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/models/team.js').Team} Team */
/** @typedef {import('#/js/api/api.js').Member} Member */
/** @typedef {import('#/js/api/api.js').Invitation} Invitation */
/** @typedef {import('#/js/api/api.js').Role} Role */

/** @param {Console} console */
export async function membersPage(console) {
  const { team } = /** @type {import('#/js/desk-session.js').DeskSession} */ (console.desk);
  const [open] = await Promise.all([team.mayManage ? console.api.invitations() : [], team.refresh()]);
  const list = el('ul', { class: 'things' });
  const draw = () => list.replaceChildren(...membersInOrder(team).map((member) => memberThing(console, team, member, draw)));
  draw();
  const invitations = team.mayManage ? invitationsPart(console, team, open) : [];
  return settingsPage(
    { title: t('members.title'), lead: t('members.lead') },
    part({ title: t('members.count', { count: team.members.size }), text: t('role.hint'), class: 'part-first' }, list),
    ...invitations,
  );
}

/** @param {Team} team */
const membersInOrder = (team) => [...team.members.values()].sort((one, other) => Number(other.active) - Number(one.active)
  || one.createdAt - other.createdAt);

/** @param {Console} console @param {Team} team @param {Member} member @param {() => void} draw */
function memberThing(console, team, member, draw) {
  const { name, email, active } = member;
  const own = member.id === team.me.id;
  const title = el('span', null, name, own ? ` (${t('members.you')})` : '');
  const mayChange = team.mayManage && (member.role !== 'owner' || team.me.role === 'owner');
  const role = mayChange && active ? roleChoice(console, team, member, draw) : el('span', { class: 'tag' }, t(`role.${member.role}`));
  const off = active ? null : el('span', { class: 'tag', 'data-kind': 'warn' }, t('members.off'));
  const act = mayChange && !own ? activeButton(console, team, member, draw) : null;
  return thing({ face: avatar(member), title, text: email, acts: [off, role, act], off: !active });
}

/** @param {Team} team @returns {Role[]} */
const rolesFor = (team) => (team.me.role === 'owner' ? ['agent', 'admin', 'owner'] : ['agent', 'admin']);

/** @param {Console} console @param {Team} team @param {Member} member @param {() => void} draw */
function roleChoice(console, team, member, draw) {
  const select = el('select', { class: 'input', 'aria-label': t('members.roleOf', { name: member.name }) },
    ...rolesFor(team).map((role) => el('option', { value: role, selected: role === member.role }, t(`role.${role}`))));
  select.onchange = async () => {
    select.disabled = true;
    try {
      team.putMember(await console.api.changeMember(member.id, { role: /** @type {Role} */ (select.value) }));
      toast(t('members.roleChanged', { name: member.name, role: t(`role.${/** @type {Role} */ (select.value)}`) }));
    } catch (problem) {
      toast(sentence(problem));
    }
    draw();
  };
  return select;
}

/** @param {Console} console @param {Team} team @param {Member} member @param {() => void} draw */
function activeButton(console, team, member, draw) {
  const { id, name, active } = member;
  const set = button(active ? t('members.deactivate') : t('members.activate'), { kind: active ? 'danger' : undefined });
  const change = async (/** @type {boolean} */ on) => {
    try {
      team.putMember(await console.api.changeMember(id, { active: on }));
      toast(
        on ? t('members.activated', { name }) : t('members.deactivated', { name }),
        on ? {} : { act: t('act.undo'), onact: () => void change(true) },
      );
    } catch (problem) {
      toast(sentence(problem));
    }
    draw();
  };
  set.onclick = async () => {
    const sure = !active
      || (await confirmAct({
        title: t('members.deactivate.title', { name }),
        text: t('members.deactivate.text', { name }),
        act: t('members.deactivate'),
      }));
    if (sure) await busy(set, () => change(!active));
  };
  return set;
}

/** @param {Console} console @param {Team} team @param {Invitation[]} open */
function invitationsPart(console, team, open) {
  const list = el('ul', { class: 'things' });
  const openPart = part({ title: t('invite.open') }, list);
  const draw = () => {
    openPart.hidden = open.length === 0;
    list.replaceChildren(...open.map((one) => invitationThing(
      console,
      one,
      () => ((open = open.filter(({ id }) => id !== one.id)), draw()),
    )));
  };
  draw();
  return [
    part({ title: t('invite.heading'), text: t('invite.text') }, inviteForm(console, team, (made) => ((open = [made, ...open]), draw()))),
    openPart,
  ];
}

/** @param {Console} console @param {Team} team @param {(made: Invitation) => void} made */
function inviteForm(console, team, made) {
  const email = field({ label: t('invite.email'), name: 'email', type: 'email', required: true });
  const role = choice({
    label: t('role.label'),
    name: 'role',
    value: 'agent',
    options: rolesFor(team).map((value) => ({ value, label: t(`role.${value}`) })),
  });
  const shops = shopChecks(team);
  const showShops = () => (shops.node.hidden = role.value !== 'agent' || team.shops.size === 0);
  role.input.addEventListener('change', showShops);
  showShops();
  const link = el('div', { class: 'invite-link', 'aria-live': 'polite' });
  const act = async () => {
    const wish = {
      email: email.value.trim(),
      role: /** @type {Role} */ (role.value),
      ...(role.value === 'agent' ? { shops: shops.chosen() } : {}),
    };
    const invitation = await console.api.invite(wish);
    link.replaceChildren(linkBox(invitation));
    email.input.value = '';
    made(invitation);
  };
  const grid = el('div', { class: 'form-grid' }, email.node, role.node);
  return el(
    'div',
    { class: 'form' },
    form({ fields: [email, role], body: [grid, shops.node], submit: t('invite.create'), act, name: t('invite.heading') }),
    link,
  );
}

/** @param {Team} team */
function shopChecks(team) {
  const boxes = team.shopList.map(({ id, name }) => ({
    id,
    name,
    box: el('input', { type: 'checkbox', value: id, checked: team.shops.size === 1 }),
  }));
  const node = el(
    'fieldset',
    { class: 'field' },
    el('legend', { class: 'field-label' }, t('invite.shops')),
    ...boxes.map(({ name, box }) => el('label', { class: 'check' }, box, name)),
  );
  return { node, chosen: () => boxes.filter(({ box }) => box.checked).map(({ id }) => id) };
}

/**
 * Shown once: the server keeps only its hash.
 * @param {Invitation} invitation
 */
function linkBox({ email, link = '' }) {
  const address = new URL(link, location.href).href;
  const copy = button(t('act.copy'), { kind: 'primary', icon: 'copy' });
  copy.onclick = () => void copyText(copy, address);
  return el(
    'div',
    { class: 'snippet' },
    el('h3', null, t('invite.link.title', { email })),
    el('p', null, t('invite.link.text')),
    el('pre', null, address),
    el('div', null, copy),
  );
}

/** @param {Console} console @param {Invitation} invitation @param {() => void} gone */
function invitationThing(console, { id, email, role, expiresAt }, gone) {
  const withdraw = button(t('invite.withdraw'));
  withdraw.onclick = () => busy(withdraw, async () => {
    await console.api.withdrawInvitation(id);
    gone();
    toast(t('invite.withdrawn', { email }));
  }).catch((problem) => toast(sentence(problem)));
  return thing({
    face: avatar({ id, name: email }),
    title: email,
    text: t('invite.until', { role: t(`role.${role}`), date: words.dateTime(expiresAt) }),
    acts: [withdraw],
  });
}
