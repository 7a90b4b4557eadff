import { catalogue } from '#/js/lib/i18n.js';

/** Set-up, sign-in, invitation. */
export const doors = catalogue({
  'setup.title': { en: 'Set up your desk', zh: '设置您的客服台' },
  'setup.lead': { en: 'One minute: a workspace, you as its owner, and your first shop. Everything can be changed later.', zh: '只需一分钟：工作区、您（所有者）和第一家店铺。以后都可以修改。' },
  'setup.workspace': { en: 'Workspace', zh: '工作区' },
  'setup.workspace.hint': { en: 'Your company or team. Only members see it.', zh: '您的公司或团队，仅成员可见。' },
  'setup.shop': { en: 'First shop', zh: '第一家店铺' },
  'setup.shop.hint': { en: 'Visitors read this name in the chat.', zh: '访客会在聊天窗口看到这个名称。' },
  'setup.language': { en: 'Language of the chat', zh: '聊天语言' },
  'setup.submit': { en: 'Create and open the console', zh: '创建并打开控制台' },
  'setup.tokenMissing': { en: 'This page needs the one-time address that the server printed when it started. Copy the whole line, with everything after #.', zh: '此页面需要服务器启动时打印的一次性地址。请复制整行，包括 # 之后的全部内容。' },
  'setup.done': { en: 'This server is already set up. Sign in instead.', zh: '此服务器已设置完成，请直接登录。' },

  'you.name': { en: 'Your name', zh: '您的姓名' },
  'you.email': { en: 'E-mail', zh: '电子邮箱' },
  'you.password': { en: 'Password', zh: '密码' },
  'password.empty': { en: 'At least 10 characters. A few words in a row are easy to remember.', zh: '至少 10 个字符。几个词连在一起既好记又安全。' },
  'password.short': { en: { one: '{count} more character', other: '{count} more characters' }, zh: { other: '还差 {count} 个字符' } },
  'password.long': { en: 'At most 200 characters', zh: '最多 200 个字符' },
  'password.email': { en: 'Not your e-mail address', zh: '不能与邮箱相同' },
  'password.repeats': { en: 'Too easy to guess: it repeats itself', zh: '太容易猜到：内容重复' },
  'password.fair': { en: 'Fair. Longer is better.', zh: '尚可，更长更好。' },
  'password.good': { en: 'Good', zh: '良好' },
  'password.strong': { en: 'Strong', zh: '很强' },
  'password.showLabel': { en: 'Show password', zh: '显示密码' },
  'password.hideLabel': { en: 'Hide password', zh: '隐藏密码' },

  'signin.title': { en: 'Sign in', zh: '登录' },
  'signin.lead': { en: 'Welcome back.', zh: '欢迎回来。' },
  'signin.expired': { en: 'Your session has ended. Drafts and unsent messages are kept: sign in and you are back where you were.', zh: '您的会话已结束。草稿和未发送的消息都已保留，登录后将回到原来的位置。' },
  'signin.bye': { en: 'You have signed out.', zh: '您已退出登录。' },
  'signin.submit': { en: 'Sign in', zh: '登录' },
  'signin.help': { en: 'No account, or forgotten the password? An owner or admin of your workspace can invite you.', zh: '没有账号或忘记密码？请联系工作区的所有者或管理员邀请您。' },

  'invite.title': { en: 'Join {workspace}', zh: '加入 {workspace}' },
  'invite.lead': { en: 'You are invited as {role} with {email}.', zh: '您受邀以{role}身份加入，邮箱 {email}。' },
  'invite.submit': { en: 'Join', zh: '加入' },
  'invite.loading': { en: 'Looking at your invitation', zh: '正在查看邀请' },
  'invite.gone.title': { en: 'This invitation is no longer good', zh: '此邀请已失效' },
  'invite.gone.text': { en: 'It was used, withdrawn, or is older than 7 days. Ask whoever invited you for a new link.', zh: '它已被使用、撤回或超过 7 天。请向邀请人索取新链接。' },

  'field.required': { en: 'Please fill this in', zh: '请填写此项' },
  'field.email': { en: 'This does not look like an e-mail address', zh: '这不像是电子邮箱地址' },
});
