// SPDX-License-Identifier: Apache-2.0
import { after, before } from 'node:test';
import { registriesContract } from '../../../src/adapters/registry/contract.ts';
import { createRegistries } from '../../../src/adapters/registry/index.ts';
import { type LocalRegistry, startLocalRegistry } from '../../support/local-registry.ts';
import { pushBlob, pushManifest } from '../../support/push-image.ts';

const held: { registry?: LocalRegistry } = {};
before(async () => {
  held.registry = await startLocalRegistry();
});
after(() => held.registry?.[Symbol.asyncDispose]());

const registries = createRegistries({ userAgent: 'berth-test', certificateDirectory: '/nonexistent' });

registriesContract('docker-registry', () => {
  const address = held.registry?.address ?? '';
  return {
    registries,
    domain: address,
    addBlob: ({ path }, bytes) => pushBlob({ address, repository: path }, bytes),
    addManifest: ({ path }, tag, bytes, type) =>
      pushManifest({ address, repository: path, tag }, bytes, type),
  };
});
