import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboveOf, depthOf, isDoor, pathTo, placeOf, safeReturn, sectionOf } from '#/js/models/router.js';

const id = '01M7YW910M96NGYA1DQ91K5GQA';

test('every place has an address that leads back to it', () => {
  const places = [
    { name: 'inbox', view: 'mine' }, { name: 'inbox', view: 'resolved' }, { name: 'inbox' }, { name: 'conversation', id }, { name: 'conversation', id, at: 12 }, { name: 'search' }, { name: 'search', q: 'refund & 退款?' }, { name: 'search', q: 'kim', shop: id }, { name: 'settings' }, { name: 'members' },
    { name: 'shops' }, { name: 'shop', id }, { name: 'newShop' }, { name: 'you' }, { name: 'workspace' }, { name: 'setup' }, { name: 'signin' }, { name: 'invite' }, { name: 'home' },
    { name: 'gateway' }, { name: 'live' }, { name: 'nodes' }, { name: 'newNode' }, { name: 'node', id }, { name: 'editNode', id }, { name: 'keys' }, { name: 'newKey' }, { name: 'key', id },
    { name: 'usage' }, { name: 'requests' }, { name: 'request', id }, { name: 'prices' }, { name: 'gatewaySettings' }, { name: 'audit' },
    { name: 'operations' }, { name: 'ends' }, { name: 'end', id: '20261121-180211-4711' },
  ];
  for (const place of places) assert.deepEqual(placeOf(pathTo(place)), place);
});

test('a strange address is nowhere, and never throws', () => {
  for (const path of ['/inbox/theirs', '/c/', '/c/nope', `/c/${id}/more`, '/settings/shops/x', '/nowhere', '//', '/constructor', '/gateway/x', '/gateway/nodes/x', `/gateway/nodes/${id}/more`, `/gateway/keys/${id}/edit`, '/gateway/nodes//edit', '/operations/x', `/operations/ends/${id}`, '/operations/ends/20261121-180211-', '/operations/ends/../../etc', '/inbox/mine/more', '/__proto__', '/settings/toString']) {
    assert.equal(placeOf(path).name, 'lost', path);
  }
});

test('what an address asks for beyond a place counts only where it makes sense', () => {
  assert.deepEqual(placeOf('/inbox/search?q=%20%20&shop=nope&more=1'), { name: 'search' });
  assert.equal(placeOf(`/inbox/search?q=${'x'.repeat(5000)}`).q?.length, 200);
  assert.deepEqual(placeOf('/inbox/search/?q=a?b'), { name: 'search', q: 'a?b' });
  for (const at of ['0', '-1', '1.5', 'x', '1e9', '9'.repeat(16), '']) assert.deepEqual(placeOf(`/c/${id}?at=${at}`), { name: 'conversation', id }, at);
  assert.deepEqual(placeOf('/inbox/mine?q=x'), { name: 'inbox', view: 'mine' });
  assert.equal(placeOf('/inbox/search%2F..?q=%').name, 'lost');
});

test('a slash at the end changes nothing', () => {
  assert.deepEqual(placeOf('/inbox/all/'), { name: 'inbox', view: 'all' });
});

test('after signing in one lands in the console, whatever the address asked for', () => {
  assert.equal(safeReturn(`/c/${id}`), `/c/${id}`);
  assert.equal(safeReturn('/settings/you'), '/settings/you');
  assert.equal(safeReturn('/inbox/search?q=refund'), '/inbox/search?q=refund');
  for (const bad of [null, '', 'https://elsewhere.example/', '//elsewhere.example', '/\\elsewhere.example', '/signin', '/setup#x', '/nowhere', 'javascript:alert(1)']) {
    assert.equal(safeReturn(bad), '/', String(bad));
  }
});

test('a phone shows the list or the thing, the rail knows its section', () => {
  assert.equal(depthOf({ name: 'inbox' }), 'list');
  assert.equal(depthOf({ name: 'conversation', id }), 'thing');
  assert.equal(depthOf({ name: 'search', q: 'x' }), 'list');
  assert.equal(sectionOf({ name: 'search', q: 'x' }), 'inbox');
  assert.equal(depthOf({ name: 'settings' }), 'list');
  assert.equal(depthOf({ name: 'you' }), 'thing');
  assert.equal(sectionOf({ name: 'conversation', id }), 'inbox');
  assert.equal(sectionOf({ name: 'shop', id }), 'settings');
  assert.equal(sectionOf({ name: 'lost' }), null);
  assert.ok(isDoor({ name: 'invite' }) && !isDoor({ name: 'you' }));
});

test('from everywhere in the gateway "back" leads up to its list of places', () => {
  for (const name of ['live', 'nodes', 'newNode', 'node', 'editNode', 'keys', 'newKey', 'key', 'usage', 'requests', 'request', 'prices', 'gatewaySettings', 'audit']) {
    let place = { name, id };
    assert.equal(sectionOf(place), 'gateway', name);
    assert.equal(depthOf(place), 'thing', name);
    for (let steps = 0; place.name !== 'gateway'; steps += 1) {
      assert.ok(steps < 4, name);
      place = aboveOf(place);
    }
  }
  assert.deepEqual(aboveOf({ name: 'editNode', id }), { name: 'node', id });
  assert.equal(depthOf({ name: 'gateway' }), 'list');
});

test('operations have their own light in the rail; an end leads back to the list', () => {
  assert.equal(sectionOf({ name: 'ends' }), 'operations');
  assert.equal(sectionOf({ name: 'end', id: '20261121-180211-4711' }), 'operations');
  assert.equal(depthOf({ name: 'ends' }), 'list');
  assert.equal(depthOf({ name: 'end' }), 'thing');
  assert.deepEqual(aboveOf({ name: 'end', id: '20261121-180211-4711' }), { name: 'ends' });
});
