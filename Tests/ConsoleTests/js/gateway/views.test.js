import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Problem } from '#/js/lib/http.js';
import { addressOf, readAddress } from '#/js/gateway/models/address.js';
import { commandFor } from '#/js/gateway/models/commands.js';
import { fieldName, fieldValue } from '#/js/gateway/models/audit.js';
import { kindWords } from '#/js/gateway/models/kinds.js';
import { codeWords, headline, hostOf, reasonOf, secondsLeft, timelineWords, toneOf } from '#/js/gateway/models/node-health.js';
import { Nodes } from '#/js/gateway/models/nodes.js';
import { daysOf, periodName, periodOf, zoneOf } from '#/js/gateway/models/period.js';
import { roundUp, runs } from '#/js/gateway/models/scale.js';
import { drillDown, groupingOf, height, spanOf } from '#/js/gateway/models/usage.js';
import { told } from '#/js/gateway/elements/form-acts.js';
import { explain } from '#/js/models/problems.js';
import { speak } from '#/js/models/words.js';

afterEach(() => speak('en'));

const NOW = new Date(2026, 10, 21, 15, 30).getTime();
const cooling = { state: 'cooling', code: 'failures_in_row', words: 'cooling down 40 s after 3 failures in a row (529 overloaded)', until: NOW + 37_200, since: NOW, inFlight: 0 };

test('a cool-down counts in the server’s time, and its reason stands beside it', () => {
  assert.equal(secondsLeft(cooling, NOW), 38);
  assert.equal(headline(cooling, NOW), 'Cooling down, 38 s left');
  assert.equal(reasonOf(cooling), '3 failures in a row (529 overloaded)');
  assert.equal(headline(cooling, NOW + 60_000), 'Cooled down, waits for a trial');
  assert.equal(headline({ ...cooling, state: 'dead', until: null }, NOW), 'Out');
  assert.deepEqual(['healthy', 'cooling', 'half_open', 'dead', 'disabled', 'new'].map((state) => toneOf({ ...cooling, state })), ['good', 'warn', 'warn', 'bad', 'plain', 'plain']);
});

test('a node whose credential can’t be opened says so, in either language', () => {
  const sealed = { ...cooling, state: 'dead', code: 'credential_needed', words: 'its stored credential can\'t be opened: enter it again', until: null };
  assert.equal(headline(sealed, NOW), 'Needs its credential');
  assert.equal(toneOf(sealed), 'bad');
  speak('zh');
  assert.equal(headline(sealed, NOW), '需要凭据');
  assert.equal(reasonOf(sealed), '已存储的凭据无法打开，请重新输入');
});

test('a reason is told in the reader’s language: the server’s own words, else what its code means', () => {
  speak('zh');
  assert.equal(headline(cooling, NOW), '冷却中，还剩 38 秒');
  assert.equal(reasonOf(cooling), '连续失败');
  assert.equal(reasonOf({ ...cooling, words: '冷却 40 秒：连续 3 次失败（529 过载）' }), '连续 3 次失败（529 过载）');
  assert.equal(reasonOf({ code: 'brand_new', words: 'something new' }), 'something new', 'better in another language than not at all');
});

test('codes of the ledger are told as far as they are known', () => {
  assert.equal(codeWords('status_529'), 'overloaded (529)');
  assert.equal(codeWords('status_418'), 'status 418');
  assert.equal(codeWords('not_sent_refused_connect'), 'connection refused');
  assert.equal(codeWords('never_heard_of'), undefined);
  assert.equal(codeWords(null), undefined);
  assert.equal(kindWords('cache_write_5m'), kindWords('cacheWrite5m'));
  assert.equal(kindWords('moon_dust'), 'moon_dust');
});

test('the audit log tells fields and values as the rest of the console does', () => {
  assert.deepEqual(['budgetDay', 'allowPrivate', 'FIRST_BYTE_TIME'].map(fieldName), ['Dollars a day', 'Private network allowed', 'FIRST_BYTE_TIME']);
  assert.equal(fieldValue('budgetDay', '2500000000'), '$2.50');
  assert.equal(fieldValue('budgetDay', 'much'), 'much');
  assert.equal(fieldValue('revokedAt', '2026-11-21T18:28:50.213Z').includes('2026'), true);
  assert.deepEqual(['true', 'false', '', '•••', '7'].map((value) => fieldValue('weight', value)), ['yes', 'no', '(empty)', '•••', '7']);
  speak('zh');
  assert.deepEqual([fieldName('url'), fieldValue('enabled', 'false')], ['地址', '否']);
});

test('a timeline is a sentence, too', () => {
  const cells = Array.from({ length: 48 }, (_, index) => ({ at: index, state: index < 40 ? 'healthy' : index < 45 ? 'troubled' : 'down' }));
  assert.equal(timelineWords(cells), 'Last 24 hours: 20 h healthy · 2.5 h troubled · 1.5 h down');
  assert.equal(timelineWords([]), 'Last 24 hours: nothing known');
  assert.equal(hostOf('https://api.anthropic.com:8443/x'), 'api.anthropic.com:8443');
  assert.equal(hostOf('not an address'), 'not an address');
});

test('the list of nodes keeps what the socket does not tell, and passes over what is late', () => {
  const nodes = new Nodes();
  const north = { id: 'n', name: 'north', priority: 2, version: 3, health: { state: 'healthy' }, today: { requests: 5 }, timeline: [1] };
  const south = { ...north, id: 's', name: 'south', priority: 1 };
  let changes = 0;
  nodes.on('change', () => (changes += 1));
  nodes.reset([south, north]);
  const { today, timeline, ...bare } = north;
  nodes.hear({ ...bare, health: { state: 'cooling' } });
  assert.deepEqual([nodes.get('n')?.health.state, nodes.get('n')?.today], ['cooling', today]);
  nodes.hear({ ...bare, version: 2, name: 'old name' });
  assert.equal(nodes.get('n')?.name, 'north');
  nodes.arrange([['n'], ['s']]);
  assert.deepEqual(nodes.list.map(({ name, priority }) => [name, priority]), [['north', 1], ['south', 2]]);
  nodes.hearAll([{ ...bare }]);
  assert.deepEqual([nodes.list.length, nodes.get('n')?.timeline], [1, timeline]);
  nodes.remove('n');
  assert.equal(nodes.list.length, 0);
  assert.equal(changes, 5);
});

test('an answer that comes after a later one is passed over', async () => {
  const nodes = new Nodes();
  const waiting = [];
  const api = { nodes: () => new Promise((done) => waiting.push(done)) };
  const first = nodes.load(api);
  const second = nodes.load(api);
  waiting[1]([{ id: 'new', priority: 1 }]);
  await second;
  waiting[0]([{ id: 'old', priority: 1 }]);
  await first;
  assert.deepEqual(nodes.list.map(({ id }) => id), ['new']);
});

test('periods are whole days of the reader, today to its end', () => {
  const day = (date, month = 10) => new Date(2026, month, date).getTime();
  const of = (wish) => [periodOf(wish, NOW).from, periodOf(wish, NOW).to];
  assert.deepEqual(of({ period: 'today' }), [day(21), day(22)]);
  assert.deepEqual(of({ period: '7' }), [day(15), day(22)]);
  assert.deepEqual(of({ period: '30' }), [day(23, 9), day(22)]);
  assert.deepEqual(of({ period: 'month' }), [day(1), day(22)]);
  assert.deepEqual(of({ period: 'own', from: '2026-11-05', to: '2026-11-02' }), [day(2), day(6)]);
  assert.deepEqual(of({ period: 'own', from: 'x' }), of({ period: '30' }));
  assert.equal(periodName({ period: 'constructor' }), '30');
  assert.deepEqual([periodOf({ period: 'today' }, NOW).unit, periodOf({ period: '7' }, NOW).unit], ['hour', 'day']);
  assert.deepEqual(daysOf(periodOf({ period: '7' }, NOW)), { from: '2026-11-15', to: '2026-11-21' });
  assert.match(zoneOf(NOW), /^[+-]\d\d:\d\d$/);
});

test('lines of a report lead to their requests', () => {
  const period = { from: 1, to: 2 };
  const item = (name, id = null) => ({ name, id });
  assert.deepEqual(drillDown('model', item('claude-x'), period), { from: '1', to: '2', model: 'claude-x' });
  assert.deepEqual(drillDown('key', item('laptop', 'k1'), period), { from: '1', to: '2', key: 'k1' });
  assert.equal(drillDown('node', item('none'), period), null);
  assert.deepEqual(spanOf('2026-11-21'), { from: new Date(2026, 10, 21).getTime(), to: new Date(2026, 10, 22).getTime() });
  assert.deepEqual(spanOf('2026-11-21T08:00'), { from: new Date(2026, 10, 21, 8).getTime(), to: new Date(2026, 10, 21, 9).getTime() });
  assert.equal(spanOf('yesterday'), null);
  assert.equal(groupingOf({ by: 'toString' }), 'day');
  assert.equal(height('1234500000'), 1.2345);
  assert.equal(height(null), 0);
});

test('what a page shows is in its address, and a strange address shows the usual', () => {
  assert.deepEqual({ ...readAddress(addressOf({ period: '7', by: '', model: 'a&b=c#d' })) }, { period: '7', model: 'a&b=c#d' });
  assert.equal(addressOf({}), '');
  assert.equal(readAddress('#__proto__=x')['toString'], undefined);
  assert.deepEqual(readAddress(`#${'x'.repeat(3000)}`), {});
});

test('commands can be pasted into a shell as they are', () => {
  assert.equal(commandFor('claude', 'sb-abc', 'http://127.0.0.1:8080'), 'ANTHROPIC_BASE_URL=http://127.0.0.1:8080 ANTHROPIC_API_KEY=sb-abc claude');
  assert.equal(commandFor('openai', 'sb-abc', 'https://x.example'), 'OPENAI_BASE_URL=https://x.example/v1 OPENAI_API_KEY=sb-abc python app.py');
  assert.equal(commandFor('claude', 'sb-…', 'https://x'), "ANTHROPIC_BASE_URL=https://x ANTHROPIC_API_KEY='sb-…' claude");
  assert.ok(commandFor('anthropic', "a'; rm 'b", 'https://x').includes("'a'\\''; rm '\\''b'"));
});

test('axes are round, and lines stop where nothing is known', () => {
  assert.deepEqual([0, 1, 3, 7, 11, 0.0042, NaN, 100].map(roundUp), [1, 1, 5, 10, 20, 0.005, 1, 100]);
  assert.deepEqual(runs([null, 1, 2, null, 0, null]), [{ from: 1, values: [1, 2] }, { from: 4, values: [0] }]);
});

test('the server’s complaint about a bound credential stands at the credential, in the reader’s language', () => {
  const refused = () => explain(told(new Problem({ status: 422, code: 'gateway.node_moved', detail: 'x', errors: [
    { field: 'credential', code: 'credential_again', detail: 'The stored credential was given for https://x …' },
  ] })), ['credential']);
  assert.match(refused().fields.get('credential') ?? '', /goes only to the address/);
  speak('zh');
  assert.match(refused().fields.get('credential') ?? '', /只会发送到原来的地址/);
});

test('the server’s complaints stand at their fields, in the reader’s language', () => {
  const names = ['name', 'url', 'models', 'weight'];
  const failed = (errors, code = 'gateway.invalid') => explain(told(new Problem({ status: 422, code, detail: 'in general', errors })), names);
  assert.match(failed([{ field: 'models[2].match', code: 'pattern', detail: 'x' }]).fields.get('models') ?? '', /at most 200 characters/);
  assert.equal(failed([{ field: 'weight', code: 'range', detail: 'Must be 1 to 10000.' }]).fields.get('weight'), 'Must be 1 to 10000.');
  assert.match(failed([], 'gateway.node_name_taken').fields.get('name') ?? '', /Another node/);
  assert.equal(failed([], 'gateway.node_url').fields.get('url'), 'in general', 'the server’s reason, where it has no code');
  speak('zh');
  assert.equal(failed([{ field: 'weight', code: 'range', detail: 'Must be 1 to 10000.' }]).fields.get('weight'), '必须在 1 到 10000 之间。');
  assert.match(failed([{ field: 'url', code: 'forbidden_address', detail: 'closed' }]).fields.get('url') ?? '', /节点不能使用此地址/);
});
