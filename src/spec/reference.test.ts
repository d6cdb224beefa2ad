// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { familiarReference, fullReference, parseReference, withDefaultTag, withTag } from './reference.ts';

const HEX = 'a'.repeat(64);

test('a reference is normalised and shown in its familiar form', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
    ['index.docker.io/busybox:1', 'docker.io/library/busybox:1', 'busybox:1'],
    ['a/b', 'docker.io/a/b:latest', 'a/b:latest'],
    ['library/a/b:x', 'docker.io/library/a/b:x', 'library/a/b:x'],
    ['localhost/a', 'localhost/a:latest', 'localhost/a:latest'],
    ['127.0.0.1:5000/bb:1', '127.0.0.1:5000/bb:1', '127.0.0.1:5000/bb:1'],
    ['[::1]:5000/bb', '[::1]:5000/bb:latest', '[::1]:5000/bb:latest'],
    ['Host/a', 'Host/a:latest', 'Host/a:latest'],
    [`a__b--c@sha256:${HEX}`, `docker.io/library/a__b--c@sha256:${HEX}`, `a__b--c@sha256:${HEX}`],
    [`a:1@sha256:${HEX}`, `docker.io/library/a@sha256:${HEX}`, `a@sha256:${HEX}`],
  ];
  for (const [text, full, familiar] of cases) {
    const reference = withDefaultTag(parseReference(text));
    assert.equal(fullReference(reference), full);
    assert.equal(familiarReference(reference), familiar);
  }
});

test('what is no reference is refused in Docker’s words', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['UPPER', 'invalid reference format: repository name (library/UPPER) must be lowercase'],
    ['', 'invalid reference format'],
    ['a b', 'invalid reference format'],
    ['a/', 'invalid reference format'],
    ['a___b', 'invalid reference format'],
    [`a:${'x'.repeat(129)}`, 'invalid reference format'],
    [HEX, `invalid repository name (${HEX}), cannot specify 64-byte hexadecimal strings`],
    [`a@sha256:${HEX.slice(0, 40)}`, 'invalid checksum digest length'],
    [`a@md5:${HEX.slice(0, 32)}`, 'unsupported digest algorithm'],
    ['a'.repeat(256), 'repository name must not be more than 255 characters'],
  ];
  for (const [text, message] of cases)
    assert.throws(() => parseReference(text), { kind: 'invalid-argument', message });
});

test('a tag is checked when it is put on', () => {
  const repository = parseReference('a');
  assert.equal(fullReference(withTag(repository, 'v1.0')), 'docker.io/library/a:v1.0');
  assert.throws(() => withTag(repository, '.x'), { message: 'invalid tag format' });
});
