import { catalogue } from '#/js/lib/i18n.js';

/** Codes of the server in the member's language. What is not here shows the server's own words. */
export const problems = catalogue({
  'problem.unreachable': { en: 'The server cannot be reached. Nothing is lost; check the network and try again.', zh: '无法连接服务器。内容没有丢失，请检查网络后重试。' },
  'problem.server': { en: 'The server could not do that just now. Nothing was changed; try again.', zh: '服务器暂时无法处理，未作任何更改，请重试。' },
  'problem.unknown': { en: 'That did not work ({code}). Nothing was changed.', zh: '操作未成功（{code}），未作任何更改。' },
  'problem.fields': { en: 'Please look at the marked fields.', zh: '请检查标记的字段。' },
  'problem.people.setup_token': { en: 'The set-up address is not valid any more. Restart the server to get a new one.', zh: '设置地址已失效。重启服务器可获得新的地址。' },
  'problem.people.already_set_up': { en: 'This server is already set up. Sign in instead.', zh: '此服务器已设置完成，请直接登录。' },
  'problem.people.sign_in_refused': { en: 'E-mail and password do not match an active account.', zh: '邮箱与密码不匹配，或账号未启用。' },
  'problem.people.too_many_tries': { en: 'Too many tries. Wait a moment, then try again.', zh: '尝试次数过多，请稍等片刻再试。' },
  'problem.tooManyTriesFor': { en: { one: 'Too many tries. Try again in {count} second.', other: 'Too many tries. Try again in {count} seconds.' }, zh: { other: '尝试次数过多，请在 {count} 秒后重试。' } },
  'problem.people.signed_out': { en: 'You are signed out. Sign in to go on.', zh: '您已退出登录，请登录后继续。' },
  'problem.people.password_wrong': { en: 'The current password is not right.', zh: '当前密码不正确。' },
  'problem.people.password_weak': { en: 'Choose a password of 10 to 200 characters that is not your e-mail and not a common one.', zh: '请使用 10 至 200 个字符的密码，不能与邮箱相同，也不能是常见密码。' },
  'problem.people.last_owner': { en: 'A workspace keeps at least one owner. Make somebody else an owner first.', zh: '工作区至少要有一位所有者，请先将其他人设为所有者。' },
  'problem.people.invitation_unknown': { en: 'This invitation was used, withdrawn, or is older than 7 days.', zh: '此邀请已被使用、撤回或超过 7 天。' },
  'problem.people.email_taken': { en: 'Somebody with this e-mail is already a member.', zh: '该邮箱已是成员。' },
  'problem.people.forbidden': { en: 'Your role does not allow this.', zh: '您的角色没有此权限。' },
  'problem.desk.forbidden': { en: 'Your role does not allow this.', zh: '您的角色没有此权限。' },
  'problem.web.cross_origin': { en: 'The server refused this page’s address. Open the console by its own address.', zh: '服务器拒绝了此页面的地址，请通过控制台自身的地址打开。' },

  'nack.text_empty': { en: 'The message is empty.', zh: '消息为空。' },
  'nack.text_too_long': { en: 'The message is longer than 10,000 characters.', zh: '消息超过 10,000 个字符。' },
  'nack.not_found': { en: 'This conversation is not open to you any more.', zh: '您已无法访问此会话。' },
  'nack.forbidden': { en: 'Your role does not allow this.', zh: '您的角色没有此权限。' },
  'nack.member_unknown': { en: 'This member cannot take conversations.', zh: '该成员无法接手会话。' },
  'nack.rate_limited': { en: 'Too fast for the server.', zh: '发送过快。' },
  'nack.stale': { en: 'Somebody wrote before you.', zh: '有人先于您回复。' },
});
