import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropOf, dropped, groupsOf, joined, moved, placed, placeOf } from '#/js/gateway/models/node-order.js';

const groups = [['a'], ['b', 'c'], ['d']];

test('nodes of the same priority are one group, whatever the numbers are', () => {
  const nodes = [{ id: 'a', priority: 5 }, { id: 'b', priority: 10 }, { id: 'c', priority: 10 }, { id: 'z', priority: 1 }];
  assert.deepEqual(groupsOf(nodes), [['z'], ['a'], ['b', 'c']]);
  assert.deepEqual(groupsOf([]), []);
});

test('a step leads past a neighbour, or out of a shared group', () => {
  assert.deepEqual(moved(groups, 'd', -1), [['a'], ['d'], ['b', 'c']]);
  assert.deepEqual(moved(groups, 'a', 1), [['b', 'c'], ['a'], ['d']]);
  assert.deepEqual(moved(groups, 'c', -1), [['a'], ['c'], ['b'], ['d']]);
  assert.deepEqual(moved(groups, 'b', 1), [['a'], ['c'], ['b'], ['d']]);
});

test('at the ends nothing moves, and a shared group there can still be left', () => {
  assert.deepEqual(moved(groups, 'a', -1), groups);
  assert.deepEqual(moved(groups, 'd', 1), groups);
  assert.deepEqual(moved([['a', 'b']], 'b', 1), [['a'], ['b']]);
  assert.deepEqual(moved([['a', 'b']], 'b', -1), [['b'], ['a']]);
});

test('a node joins another one’s group, and its old group is gone when it was alone', () => {
  assert.deepEqual(joined(groups, 'a', 'd'), [['b', 'c'], ['d', 'a']]);
  assert.deepEqual(joined(groups, 'b', 'c'), groups);
  assert.deepEqual(joined(groups, 'a', 'a'), groups);
  assert.deepEqual(joined(groups, 'a', 'unknown'), groups);
});

test('whatever is done, every node stays named exactly once', () => {
  const ids = groups.flat().sort();
  for (const id of [...ids, 'unknown']) {
    for (const step of /** @type {const} */ ([-1, 1])) assert.deepEqual(moved(groups, id, step).flat().sort(), ids);
    for (const index of [-3, 0, 1, 2, 3, 99]) assert.deepEqual(placed(groups, id, index).flat().sort(), ids);
    for (const other of [...ids, 'unknown']) {
      assert.deepEqual(joined(groups, id, other).flat().sort(), ids);
      for (const where of /** @type {const} */ (['before', 'into', 'after'])) assert.deepEqual(dropped(groups, id, other, where).flat().sort(), ids);
    }
  }
  assert.deepEqual(groups, [['a'], ['b', 'c'], ['d']], 'what was given is untouched');
});

test('a drop between rows makes a place of its own, onto a row shares its group', () => {
  assert.deepEqual(dropped(groups, 'd', 'a', 'before'), [['d'], ['a'], ['b', 'c']]);
  assert.deepEqual(dropped(groups, 'a', 'd', 'after'), [['b', 'c'], ['d'], ['a']]);
  assert.deepEqual(dropped(groups, 'a', 'c', 'after'), [['b', 'c'], ['a'], ['d']]);
  assert.deepEqual(dropped(groups, 'd', 'c', 'before'), [['a'], ['b', 'c', 'd']], 'between two that share there is only their group');
  assert.deepEqual(dropped(groups, 'a', 'b', 'into'), [['b', 'c', 'a'], ['d']]);
  assert.equal(placeOf(groups, 'c'), 1);
  const row = { top: 100, bottom: 200 };
  assert.deepEqual([110, 150, 190].map((y) => dropOf(y, row)), ['before', 'into', 'after']);
});
