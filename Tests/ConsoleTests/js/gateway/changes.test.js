import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable, boundTo, keyChange, keyWish, nodeChange, nodeWish, priceWish } from '#/js/gateway/models/changes.js';
import { modelsText, parseModels } from '#/js/gateway/models/model-map.js';

const node = {
  id: 'n', name: 'north', url: 'https://api.anthropic.com', family: 'anthropic', provider: 'anthropic', auth: 'x-api-key', hasCredential: true, priority: 1,
  weight: 100, enabled: true, draining: false, maxConcurrency: 20, models: [{ match: 'claude-*' }, { match: 'fast', to: 'claude-haiku-4-5' }],
  healthMethod: 'api', healthModel: 'claude-haiku-4-5-20251001', rateDomain: 'org-1', cacheDomain: null, allowPrivate: false, allowLoopback: false,
};
const nodeForm = {
  name: 'north', url: 'https://api.anthropic.com', family: 'anthropic', provider: 'anthropic', auth: 'x-api-key', priority: '1', weight: '100', maxConcurrency: '20',
  models: 'claude-*\nfast -> claude-haiku-4-5', healthMethod: 'api', healthModel: 'claude-haiku-4-5-20251001', rateDomain: 'org-1', cacheDomain: '',
  allowPrivate: false, allowLoopback: false, credential: '',
};
const key = {
  id: 'k', name: 'laptop', prefix: 'sb-Ab12Cd', scopes: ['models', 'inference'], models: ['claude-*'], expiresAt: new Date(2027, 0, 31, 12).getTime(),
  requestsPerMinute: 60, tokensPerMinute: null, concurrency: null, budgetDay: '12500000000', budgetMonth: null, active: true,
};
const keyForm = {
  name: 'laptop', scopes: ['inference', 'models'], models: 'claude-*', expiresAt: '2027-01-31', requestsPerMinute: '60', tokensPerMinute: '', concurrency: '',
  budgetDay: '12.5', budgetMonth: '',
};

test('a form that nobody touched changes nothing', () => {
  assert.deepEqual(nodeChange(node, nodeForm, 'keep'), {});
  assert.deepEqual(keyChange(key, keyForm), {});
});

test('only what differs is sent; emptied is not absent', () => {
  assert.deepEqual(nodeChange(node, { ...nodeForm, maxConcurrency: '', rateDomain: ' ', weight: '50' }, 'keep'), { weight: 50, maxConcurrency: null, rateDomain: null });
  assert.deepEqual(nodeChange(node, { ...nodeForm, models: '' }, 'keep'), { models: [] });
  assert.deepEqual(keyChange(key, { ...keyForm, budgetDay: '', requestsPerMinute: '1,000', expiresAt: '' }), { expiresAt: null, requestsPerMinute: 1000, budgetDay: null });
  assert.deepEqual(keyChange(key, { ...keyForm, scopes: ['files'] }), { scopes: ['files'] });
});

test('a stored credential stays unless it is replaced or removed by intent', () => {
  const typed = { ...nodeForm, credential: ' sk-new ' };
  assert.deepEqual(nodeChange(node, typed, 'keep'), {});
  assert.deepEqual(nodeChange(node, typed, 'replace'), { credential: 'sk-new' });
  assert.deepEqual(nodeChange(node, nodeForm, 'replace'), {});
  assert.deepEqual(nodeChange(node, nodeForm, 'remove'), { credential: null });
});

test('a stored credential goes only to where it was given for: another scheme, host, port or more networks ask for it again', () => {
  const home = 'https://api.anthropic.com';
  for (const url of ['https://evil.example', 'http://api.anthropic.com', 'https://api.anthropic.com:8443', 'https://api.anthropic.com.evil.example/x']) {
    assert.equal(boundTo(node, { ...nodeForm, url }), home, url);
    assert.throws(() => nodeChange(node, { ...nodeForm, url }, 'keep'), (error) => error instanceof Unreadable && error.field === 'credential' && error.detail === home);
    assert.deepEqual(nodeChange(node, { ...nodeForm, url, credential: 'sk-2' }, 'replace'), { url, credential: 'sk-2' });
    assert.deepEqual(nodeChange(node, { ...nodeForm, url }, 'remove'), { url, credential: null });
  }
  for (const url of ['https://API.anthropic.com:443/other', 'https://api.anthropic.com./', 'https://', 'nonsense', '']) assert.equal(boundTo(node, { ...nodeForm, url }), null, url);
  assert.equal(boundTo(node, { ...nodeForm, allowPrivate: true }), home);
  assert.equal(boundTo({ ...node, allowPrivate: true }, { ...nodeForm, allowPrivate: false }), null);
  assert.equal(boundTo({ ...node, hasCredential: false }, { ...nodeForm, url: 'https://x.example' }), null, 'there is nothing to send');
  assert.equal(boundTo({ ...node, hasCredential: false, needsCredential: true }, { ...nodeForm, url: 'https://x.example' }), home, 'it could open again');
});

test('leave for closed addresses is said again with another address', () => {
  const near = { ...node, url: 'http://10.0.0.7', hasCredential: false, allowPrivate: true };
  const form = { ...nodeForm, url: 'http://10.0.0.8', allowPrivate: true };
  assert.deepEqual(nodeChange(near, form, 'replace'), { url: 'http://10.0.0.8', allowPrivate: true });
  assert.deepEqual(nodeChange(near, { ...form, url: 'http://10.0.0.7/x' }, 'replace'), { url: 'http://10.0.0.7/x' });
});

test('a new node leaves to the server what was left empty', () => {
  const wish = nodeWish({ name: 'south', url: ' https://x.example ', family: 'openai', credential: 'sk-1', models: '', priority: '', weight: '', maxConcurrency: '', healthMethod: '', auth: '', provider: '', allowLoopback: true });
  assert.deepEqual(wish, { models: [], name: 'south', url: 'https://x.example', family: 'openai', maxConcurrency: null, rateDomain: null, cacheDomain: null, allowLoopback: true, credential: 'sk-1' });
});

test('a day ends with its last moment, here', () => {
  assert.equal(keyWish({ ...keyForm, expiresAt: '2027-02-28' })['expiresAt'], new Date(2027, 2, 1).getTime() - 1);
});

test('what can’t be read is said of its field', () => {
  const about = (act, field, kind) => assert.throws(act, (error) => error instanceof Unreadable && error.field === field && error.kind === kind);
  about(() => nodeWish({ ...nodeForm, weight: '1.5' }), 'weight', 'number');
  about(() => nodeWish({ ...nodeForm, models: 'a -> b -> c' }), 'models', 'models');
  about(() => keyWish({ ...keyForm, budgetMonth: '12,5' }), 'budgetMonth', 'money');
  about(() => keyWish({ ...keyForm, models: 'a -> b' }), 'models', 'models');
  about(() => priceWish({ match: 'm', input: 'free' }), 'input', 'money');
});

test('prices become nano-dollars per million; what is left out is left to the server', () => {
  assert.deepEqual(priceWish({ match: ' claude-opus-5* ', input: '5', output: '25.00', cacheRead: '0.5', cacheWrite5m: '', cacheWrite1h: '', tierAbove: '200,000', effectiveFrom: '2026-11-01', source: '' }), {
    match: 'claude-opus-5*', source: '', tierAbove: 200_000, effectiveFrom: new Date(2026, 10, 1).getTime(), input: '5000000000', output: '25000000000', cacheRead: '500000000',
  });
});

test('model maps are read as people write them, and written as they are read', () => {
  const { models, bad } = parseModels(' claude-* \n\nfast→claude-haiku, slow => claude-opus ');
  assert.equal(bad, null);
  assert.deepEqual(models, [{ match: 'claude-*', to: null }, { match: 'fast', to: 'claude-haiku' }, { match: 'slow', to: 'claude-opus' }]);
  assert.deepEqual(parseModels(modelsText(models)).models, models);
  for (const line of ['-> x', 'x ->', 'two words', 'a -> b c']) assert.equal(parseModels(line).bad, line);
});
