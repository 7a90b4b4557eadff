import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '#/js/lib/http.js';
import { explain, sentence } from '#/js/models/problems.js';
import { speak } from '#/js/models/words.js';

const weak = { field: 'owner.password', code: 'people.password_weak', detail: 'too common' };

test('each complaint stands at its field, in the language that is spoken', () => {
  const problem = new Problem({ status: 422, code: 'people.invalid', errors: [weak, { field: 'email', code: 'people.odd', detail: 'odd address' }] });
  const { fields, general } = explain(problem, ['owner.password', 'owner.email']);
  assert.match(fields.get('owner.password') ?? '', /10 to 200/);
  assert.equal(fields.get('owner.email'), 'odd address');
  assert.equal(general, null);
  speak('zh');
  assert.match(explain(problem, ['owner.password']).fields.get('owner.password') ?? '', /10 至 200/);
  speak('en');
});

test('a complaint about a field that the form does not have is not lost', () => {
  const problem = new Problem({ status: 422, code: 'desk.invalid', detail: 'The snippet is odd.', errors: [{ field: 'snippet', code: 'x', detail: 'y' }] });
  assert.equal(explain(problem, ['name']).general, 'The snippet is odd.');
});

test('a code alone finds the password field', () => {
  const problem = new Problem({ status: 422, code: 'people.password_weak' });
  assert.ok(explain(problem, ['current', 'new']).fields.has('new'));
  assert.ok(explain(new Problem({ status: 403, code: 'people.password_wrong' }), ['current', 'new']).fields.has('current'));
});

test('no answer, a failing server and an unknown code are told apart, and nothing throws', () => {
  assert.match(sentence(new Problem({ status: 0, code: 'unreachable' })), /cannot be reached/);
  assert.match(sentence(new Problem({ status: 503, code: 'http.503' })), /could not do that/);
  assert.equal(sentence(new Problem({ status: 409, code: 'desk.new_rule', detail: 'Not on Sundays.' })), 'Not on Sundays.');
  assert.match(sentence(new Problem({ status: 429, code: 'people.too_many_tries', retryAfterMs: 12_000 })), /12 seconds/);
  assert.match(sentence(new TypeError('a bug')), /did not work/);
});
