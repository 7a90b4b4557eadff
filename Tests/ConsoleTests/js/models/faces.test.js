import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrast, hueOf, initials, inkOn, isColour, visitorCode } from '#/js/models/faces.js';

test('initials follow the way a name is written', () => {
  assert.equal(initials('Kim Larsen'), 'KL');
  assert.equal(initials('  ada '), 'A');
  assert.equal(initials('Maria de la Cruz'), 'MC');
  assert.equal(initials('陈思远'), '思远');
  assert.equal(initials('王芳'), '王芳');
  assert.equal(initials(''), '');
  assert.equal(initials('👩‍🚀 Astro'), '👩A');
});

test('an anonymous visitor keeps a name that follows from the id', () => {
  assert.equal(visitorCode('01m7yw910m96ngya1dq91k7f3k'), '7F3K');
});

test('the same id always has the same hue, and hues differ', () => {
  assert.equal(hueOf('a'), hueOf('a'));
  const hues = new Set(Array.from({ length: 60 }, (_, index) => hueOf(`01M7YW910M96NGYA1DQ91K5G${index}`)));
  assert.ok(hues.size >= 8, `${hues.size} different hues`);
});

test('ink on a shop colour is the one that reads better', () => {
  assert.equal(inkOn('#ffffff'), '#181b21');
  assert.equal(inkOn('#0f766e'), '#ffffff');
  assert.equal(inkOn('#facc15'), '#181b21');
  assert.equal(Math.round(contrast('#000000', '#ffffff')), 21);
});

test('only a colour is a colour', () => {
  assert.ok(isColour('#0F766e'));
  for (const bad of ['red', '#fff', '#12345g', 'url(x)', null, 7]) assert.ok(!isColour(bad), String(bad));
});
