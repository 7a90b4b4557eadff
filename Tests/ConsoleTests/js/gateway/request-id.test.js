import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestIDOf } from '#/js/gateway/models/request-id.js';

const ID = '01JD8Q3V9MZX4T6K2B7C5F0GHR';

test('a request’s id is found in what support gets sent', () => {
  for (const text of [ID, ` ${ID.toLowerCase()}\n`, `x-request-id: ${ID}`, `"request_id":"${ID}"}`, `Request ID ${ID}.`]) assert.equal(requestIDOf(text), ID, text);
});

test('what is none is none', () => {
  for (const text of ['', 'req_011CSHoEeqs5C35K2UUqR7Fy', `8${ID.slice(1)}`, `${ID}0`, `0${ID}`, ID.slice(1), ID.replace('Z', 'U'), 'x'.repeat(500) + ID]) {
    assert.equal(requestIDOf(text), null, text);
  }
});
