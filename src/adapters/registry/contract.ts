// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, sha256 } from '../../spec/digest.ts';
import { encodeManifest } from '../../spec/oci-image-manifest.ts';
import { MEDIA_TYPE } from '../../spec/media-type.ts';
import type { Repository } from '../../spec/reference.ts';
import type { Registries, RegistrySession } from './registry.ts';

/** A registry under test. `add…` put content into a repository of it. */
export interface RegistrySubject {
  readonly registries: Registries;
  readonly domain: string;
  addBlob(repository: Repository, bytes: Uint8Array): Promise<Digest>;
  addManifest(repository: Repository, tag: string, bytes: Uint8Array, mediaType: string): Promise<Digest>;
}

const { signal } = new AbortController();

/** Opens the repository at the first endpoint that answers, as a pull does. */
const open = async ({ registries, domain }: RegistrySubject, path: string): Promise<RegistrySession> => {
  let failure: unknown;
  for (const endpoint of await registries.endpoints(domain, { mirrors: [], insecureRegistries: [] })) {
    try {
      return await registries.open(endpoint, { domain, path }, { headers: {}, signal });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
};

const read = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

/** What every implementation keeps. */
export const registriesContract = (name: string, subject: () => RegistrySubject): void => {
  const fill = async (path: string) => {
    const registry = subject();
    const repository = { domain: registry.domain, path };
    const text = 'blob '.repeat(1000);
    const digest = await registry.addBlob(repository, Buffer.from(text));
    const descriptor = { mediaType: MEDIA_TYPE.ociConfig, digest, size: text.length };
    const manifest = encodeManifest(descriptor, []);
    for (const tag of ['a', 'b', 'c'])
      await registry.addManifest(repository, tag, manifest, MEDIA_TYPE.ociManifest);
    return { text, digest, manifest };
  };

  void test(`${name}: a manifest is had by tag and by digest, byte for byte`, async () => {
    const { manifest } = await fill('contract/manifest');
    using session = await open(subject(), 'contract/manifest');
    for (const reference of ['a', sha256(manifest)]) {
      const got = await session.manifest(reference, signal);
      assert.deepEqual(Buffer.from(got.bytes), Buffer.from(manifest));
      assert.equal(got.digest, sha256(manifest));
      assert.equal(got.mediaType, MEDIA_TYPE.ociManifest);
    }
  });

  void test(`${name}: a blob is had whole and from an offset on`, async () => {
    const { text, digest } = await fill('contract/blob');
    using session = await open(subject(), 'contract/blob');
    assert.equal(await read(await session.blob(digest, 0, signal)), text);
    assert.equal(await read(await session.blob(digest, 1234, signal)), text.slice(1234));
  });

  void test(`${name}: all tags are listed`, async () => {
    await fill('contract/tags');
    using session = await open(subject(), 'contract/tags');
    assert.deepEqual((await session.tags(signal)).toSorted(), ['a', 'b', 'c']);
  });

  void test(`${name}: what is not there is told by the code of it`, async () => {
    await fill('contract/lacks');
    using session = await open(subject(), 'contract/lacks');
    await assert.rejects(session.manifest('zz', signal), { code: 'MANIFEST_UNKNOWN', kind: 'not-found' });
    await assert.rejects(session.blob(sha256('zz'), 0, signal), { code: 'BLOB_UNKNOWN', kind: 'not-found' });
    using absent = await open(subject(), 'contract/absent');
    await assert.rejects(absent.tags(signal), { code: 'NAME_UNKNOWN', kind: 'not-found' });
  });

  void test(`${name}: an aborted signal ends a request with its reason`, async () => {
    await fill('contract/abort');
    using session = await open(subject(), 'contract/abort');
    const reason = new RangeError('enough');
    await assert.rejects(session.manifest('a', AbortSignal.abort(reason)), (error) => error === reason);
  });
};
