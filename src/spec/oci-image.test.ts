// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from './digest.ts';
import { parseArchiveManifest } from './docker-archive.ts';
import { parseImageConfig } from './oci-image-config.ts';
import { encodeManifest, parseManifest } from './oci-image-manifest.ts';

const bytes = (json: unknown): Uint8Array => Buffer.from(JSON.stringify(json));
const descriptor = { mediaType: 'x/y', digest: sha256('a'), size: 1 };

test('a manifest is known by its own type, the registry’s, or its shape', () => {
  const manifest = { schemaVersion: 2, config: descriptor, layers: [descriptor] };
  assert.equal(parseManifest(bytes(manifest)).kind, 'manifest');
  assert.equal(parseManifest(bytes({ manifests: [descriptor] })).kind, 'index');
  assert.equal(parseManifest(bytes({ schemaVersion: 1 })).kind, 'schema1');
  const list = 'application/vnd.docker.distribution.manifest.list.v2+json; charset=utf-8';
  assert.equal(parseManifest(bytes({ manifests: [] }), list).kind, 'index');
  assert.throws(() => parseManifest(bytes({ config: {} })), /invalid digest/);
  assert.throws(() => parseManifest(Buffer.from('<html>')), /not JSON/);
});

test('a manifest made here reads back', () => {
  const read = parseManifest(encodeManifest(descriptor, [descriptor, descriptor]));
  assert.equal(read.kind, 'manifest');
  assert.deepEqual(read.kind === 'manifest' && read.layers, [descriptor, descriptor]);
});

test('a configuration with little in it is read', () => {
  const config = parseImageConfig(
    bytes({ architecture: 'x86_64', os: 'linux', config: null, rootfs: { diff_ids: null } }),
  );
  assert.deepEqual(config.platform, { os: 'linux', architecture: 'amd64' });
  assert.deepEqual(config.diffIds, []);
  assert.equal(config.created, undefined);
  assert.equal(config.config.workingDir, '');
});

test('a configuration with all in it is read', () => {
  const config = parseImageConfig(
    bytes({
      architecture: 'arm',
      variant: 'v6',
      os: 'linux',
      created: '2024-01-02T03:04:05.5Z',
      config: { Cmd: ['sh'], Labels: { a: 'b' }, ExposedPorts: { '80/tcp': {} } },
      rootfs: { type: 'layers', diff_ids: [sha256('x')] },
      history: [{ created_by: 'x', empty_layer: true }],
    }),
  );
  assert.equal(config.platform.variant, 'v6');
  assert.deepEqual(config.config.cmd, ['sh']);
  assert.deepEqual(config.config.labels, { a: 'b' });
  assert.deepEqual(config.diffIds, [sha256('x')]);
  assert.deepEqual(config.history, [{ createdBy: 'x', comment: '', emptyLayer: true }]);
});

test('the manifest of a docker archive may lack names', () => {
  const manifest = parseArchiveManifest(bytes([{ Config: 'c.json', RepoTags: null, Layers: ['l'] }]));
  assert.deepEqual(manifest, [{ config: 'c.json', repoTags: [], layers: ['l'] }]);
  assert.throws(() => parseArchiveManifest(bytes(null)), {
    message: 'invalid manifest, manifest cannot be null (but can be [])',
  });
});
