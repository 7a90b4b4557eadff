import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '#/js/lib/storage.js';
import { ReturnPath } from '#/js/models/return-path.js';

test('one comes back to where one was, once', () => {
  const path = new ReturnPath(new MemoryStore());
  path.keep('/settings/members');
  assert.equal(path.take(), '/settings/members');
  assert.equal(path.take(), '/');
});

test('what somebody else wrote into the storage leads nowhere else', () => {
  assert.equal(new ReturnPath(new MemoryStore([['switchboard.return', '//elsewhere.example/x']])).take(), '/');
});

test('after signing out nothing is left', () => {
  const path = new ReturnPath(new MemoryStore());
  path.keep('/settings/you');
  path.forget();
  assert.equal(path.take(), '/');
});
