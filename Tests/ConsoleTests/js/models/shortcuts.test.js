import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SHORTCUTS, commandOf } from '#/js/models/shortcuts.js';

test('letters are commands outside of text fields only', () => {
  for (const { command, keys } of SHORTCUTS) {
    assert.equal(commandOf({ key: keys[0] ?? '' }, { typing: false }), command);
    assert.equal(commandOf({ key: keys[0] ?? '' }, { typing: true }), null);
  }
});

test('go anywhere works everywhere, with either key', () => {
  assert.equal(commandOf({ key: 'k', ctrlKey: true }, { typing: true }), 'palette');
  assert.equal(commandOf({ key: 'K', metaKey: true }, { typing: false }), 'palette');
});

test("the browser's own shortcuts are left alone", () => {
  for (const key of ['r', 'e', 'a', 'n']) assert.equal(commandOf({ key, ctrlKey: true }, { typing: false }), null);
  assert.equal(commandOf({ key: 'n', metaKey: true }, { typing: false }), null);
});

test('a held key moves on, but does not resolve one conversation after the other', () => {
  assert.equal(commandOf({ key: 'j', repeat: true }, { typing: false }), 'next');
  assert.equal(commandOf({ key: 'e', repeat: true }, { typing: false }), null);
});

test('a link keeps its own Enter, an input method its own keys', () => {
  assert.equal(commandOf({ key: 'Enter' }, { typing: false, onControl: true }), null);
  assert.equal(commandOf({ key: 'j', isComposing: true }, { typing: false }), null);
});
