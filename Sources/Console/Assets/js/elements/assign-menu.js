/** Who answers: me, another member, nobody. */
import { avatar, picture } from '#/js/elements/parts.js';
import { openMenu } from '#/js/elements/overlays.js';
import { t } from '#/js/models/words.js';

/**
 * @param {HTMLElement} anchor
 * @param {{team: import('#/js/models/team.js').Team, online: Set<string>, current: string|null, choose: (member: string|null) => void}} parts
 */
export function openAssignMenu(anchor, { team, online, current, choose }) {
  const members = team.answerers.map((member) => ({
    label: member.id === team.me.id ? `${member.name} (${t('assign.me')})` : member.name,
    picture: avatar(member, { size: 'medium', online: online.has(member.id) }),
    checked: member.id === current,
    act: () => choose(member.id),
  }));
  const nobody = { label: t('assign.nobody'), picture: picture('person'), checked: current === null, act: () => choose(null) };
  openMenu(anchor, { title: t('assign.title'), items: [...members, nobody] });
}
