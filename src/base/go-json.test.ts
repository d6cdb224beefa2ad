// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bool,
  decodeDocument,
  embed,
  int64,
  map,
  omitEmpty,
  pointer,
  slice,
  string,
  stringOrSlice,
  struct,
} from './go-json.ts';

const limits = struct('Limits', { memory: int64, swap: pointer(int64), names: slice(string) });
const host = struct('Host', { limits, tags: omitEmpty(map(string)), auto: bool, cmd: stringOrSlice });

test('keys match without regard to case, and unknown ones are ignored', () => {
  const value = decodeDocument(host, { LIMITS: { mEmOrY: 5 }, zz: 1 });
  assert.equal(value.limits.memory, 5);
  assert.equal(value.auto, false);
});

test('null leaves the zero value', () => {
  const value = decodeDocument(host, { Limits: null, Auto: null });
  assert.deepEqual(value.limits, { memory: 0 });
});

test('a mismatch names the struct, the way to the field and both types', () => {
  assert.throws(() => decodeDocument(host, { Limits: { Memory: 'x' } }), {
    kind: 'invalid-argument',
    message: 'json: cannot unmarshal string into Go struct field Limits.Limits.Memory of type int64',
  });
  assert.throws(() => decodeDocument(host, { Limits: { Memory: 1.5 } }), {
    message: 'json: cannot unmarshal number 1.5 into Go struct field Limits.Limits.Memory of type int64',
  });
  assert.throws(() => decodeDocument(host, []), {
    message: 'json: cannot unmarshal array into Go value of type Host',
  });
});

test('a whole number beyond 2^53 is refused rather than changed', () => {
  assert.throws(() => decodeDocument(limits, { Memory: 2 ** 53 }), { kind: 'invalid-argument' });
});

test('a pointer to zero is not an absent one', () => {
  assert.equal(decodeDocument(limits, { Swap: 0 }).swap, 0);
  assert.equal(decodeDocument(limits, {}).swap, undefined);
});

test('a lone string is a list of one', () => {
  assert.deepEqual(decodeDocument(host, { Cmd: 'ls' }).cmd, ['ls']);
});

test('what is written keeps the order of the fields, nulls and omissions', () => {
  const value = decodeDocument(host, { Tags: { b: '1', a: '2' } });
  assert.equal(
    JSON.stringify(host.encode(value)),
    '{"Limits":{"Memory":0,"Swap":null,"Names":null},"Tags":{"a":"2","b":"1"},"Auto":false,"Cmd":null}',
  );
  assert.equal('Tags' in (host.encode(host.zero) as object), false);
});

test('an embedded struct tells errors by the name of the one around it', () => {
  const both = embed(limits, struct('Outer', { inner: limits }), 'Outer');
  assert.throws(() => decodeDocument(both, { Memory: true }), {
    message: 'json: cannot unmarshal bool into Go struct field Outer.Memory of type int64',
  });
  assert.throws(() => decodeDocument(both, { Inner: { Memory: true } }), {
    message: 'json: cannot unmarshal bool into Go struct field Limits.Inner.Memory of type int64',
  });
});
