import { catalogue } from '#/js/lib/i18n.js';

/** The search through messages, notes and customers. */
export const strings = catalogue({
  'search.label': { en: 'Search messages, notes and customers', zh: '搜索消息、备注和客户' },
  'search.placeholder': { en: 'Words, a name, an e-mail address', zh: '关键词、姓名或邮箱' },
  'search.clear': { en: 'Clear the words', zh: '清除关键词' },
  'search.list': { en: 'Found for “{query}”', zh: '“{query}”的搜索结果' },
  'search.count': { en: { one: '{count} result', other: '{count} results, newest first' }, zh: { other: '{count} 条结果，最新的在前' } },
  'search.countSoFar': { en: { one: '{count} result so far', other: '{count} results so far, newest first' }, zh: { other: '目前 {count} 条结果，最新的在前' } },
  'search.building': { en: 'Older messages are still being indexed ({percent} %)', zh: '较早的消息仍在建立索引（{percent}%）' },

  'search.customer': { en: 'Name or e-mail address', zh: '姓名或邮箱' },
  'search.note': { en: 'Note by {name}', zh: '{name} 的备注' },
  'search.noteOwn': { en: 'Your note', zh: '您的备注' },
  'search.resolved': { en: 'Resolved', zh: '已解决' },

  'search.empty.title': { en: 'Find what was said', zh: '查找说过的话' },
  'search.empty.text': {
    en: 'Looks through messages, notes, and customers’ names and e-mail addresses, in open and resolved conversations. Try “refund”, “kim@example.net” or “退款”.',
    zh: '可搜索进行中和已解决会话的消息、备注，以及客户的姓名和邮箱。例如“退款”、“refund”或“kim@example.net”。',
  },
  'search.unfit.title': { en: 'There is nothing to look for in that', zh: '没有可搜索的内容' },
  'search.unfit.text': {
    en: 'Type at least one letter or digit; at most 12 words and 200 characters at a time.',
    zh: '请至少输入一个文字或数字；一次最多 12 个词、200 个字符。',
  },
  'search.nothing.title': { en: 'Nothing found for “{query}”', zh: '没有找到“{query}”' },
  'search.nothing.inShop': { en: 'Nothing found for “{query}” in {shop}', zh: '在 {shop} 中没有找到“{query}”' },
  'search.nothing.text': {
    en: 'Words are found by their beginning: “refu” finds “refund”. Chinese is found by any two characters that stand together. All words must be in the same message.',
    zh: '中文可用任意两个相邻的字查找；英文按词的开头查找，例如“refu”能找到“refund”。所有词须出现在同一条消息中。',
  },
  'search.everyShop': { en: 'Look in all shops', zh: '在全部店铺中查找' },
  'search.nothingYet.title': { en: 'Nothing found for “{query}” so far', zh: '目前没有找到“{query}”' },
  'search.nothingYet.text': { en: 'A part of the messages was looked through. There may be something further back.', zh: '已查找一部分消息，更早的消息中可能还有。' },
  'search.further.text': { en: 'Nothing more in the part that was just looked through. There may be something further back.', zh: '刚才查找的部分中没有更多结果，更早的消息中可能还有。' },
  'search.further': { en: 'Look further', zh: '继续查找' },
  'search.failed': { en: 'The search did not work', zh: '搜索未成功' },
  'search.failed.more': { en: 'Further results could not be loaded', zh: '无法加载更多结果' },
  'search.offline.title': { en: 'You are offline', zh: '您已离线' },
  'search.offline.text': { en: 'The words are kept. The search goes on by itself when the connection is back.', zh: '关键词已保留，恢复连接后会自动继续搜索。' },
});
