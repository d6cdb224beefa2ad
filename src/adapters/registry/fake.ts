// SPDX-License-Identifier: Apache-2.0
import { type Digest, sha256 } from '../../spec/digest.ts';
import { fullName, type Repository } from '../../spec/reference.ts';
import { registryError } from '../../spec/registry-error.ts';
import type {
  Registries,
  RegistryAccess,
  RegistryEndpoint,
  RegistrySession,
  RegistrySettings,
  RemoteManifest,
} from './registry.ts';

interface FakeRepository {
  readonly blobs: Map<Digest, Uint8Array>;
  readonly manifests: Map<string, RemoteManifest>;
  readonly tags: Set<string>;
}

/** What a fake blob is streamed in. */
const CHUNK = 1000;

/** Registries in memory. Set the hooks to make them slow or unwell. */
export class FakeRegistries implements Registries {
  readonly #repositories = new Map<string, FakeRepository>();
  /** Who asked for what, in order: `manifest 1`, `blob sha256:…@0`. */
  readonly requests: string[] = [];
  /** Called before a blob's bytes from `offset` are given, and may throw, wait, or give others. */
  onBlob: (
    digest: Digest,
    offset: number,
    bytes: Uint8Array,
  ) => Promise<AsyncIterable<Uint8Array> | undefined> = () => Promise.resolve(undefined);
  /** Called when an endpoint is opened, and may throw. */
  onOpen: (endpoint: RegistryEndpoint, access: RegistryAccess) => void = () => undefined;

  repository(name: Repository): FakeRepository {
    const key = fullName(name);
    const found = this.#repositories.get(key) ?? { blobs: new Map(), manifests: new Map(), tags: new Set() };
    this.#repositories.set(key, found);
    return found;
  }

  addBlob(name: Repository, bytes: Uint8Array): Digest {
    const digest = sha256(bytes);
    this.repository(name).blobs.set(digest, bytes);
    return digest;
  }

  addManifest(name: Repository, tag: string, bytes: Uint8Array, mediaType: string): Digest {
    const manifest: RemoteManifest = { bytes, digest: sha256(bytes), mediaType };
    const { manifests, tags } = this.repository(name);
    manifests.set(manifest.digest, manifest);
    if (tag !== '') {
      manifests.set(tag, manifest);
      tags.add(tag);
    }
    return manifest.digest;
  }

  endpoints(domain: string, { mirrors }: RegistrySettings): Promise<readonly RegistryEndpoint[]> {
    const copies = domain === 'docker.io' ? mirrors : [];
    const endpoint = (url: string, isMirror: boolean) => ({ url, isMirror, verifiesCertificate: true });
    return Promise.resolve([
      ...copies.map((url) => endpoint(url, true)),
      endpoint(`https://${domain}`, false),
    ]);
  }

  open(endpoint: RegistryEndpoint, name: Repository, access: RegistryAccess): Promise<RegistrySession> {
    return Promise.resolve().then(() => {
      access.signal.throwIfAborted();
      this.onOpen(endpoint, access);
      return new FakeSession(this, endpoint, this.#repositories.get(fullName(name)));
    });
  }
}

class FakeSession implements RegistrySession {
  readonly endpoint: RegistryEndpoint;
  readonly #registries: FakeRegistries;
  readonly #repository: FakeRepository | undefined;

  constructor(
    registries: FakeRegistries,
    endpoint: RegistryEndpoint,
    repository: FakeRepository | undefined,
  ) {
    this.#registries = registries;
    this.endpoint = endpoint;
    this.#repository = repository;
  }

  manifest(reference: string, signal: AbortSignal): Promise<RemoteManifest> {
    return this.#answer(`manifest ${reference}`, signal, () => {
      const manifest = this.#repository?.manifests.get(reference);
      if (!manifest) throw registryError('MANIFEST_UNKNOWN', 'manifest unknown', 404);
      return manifest;
    });
  }

  async blob(digest: Digest, offset: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const bytes = await this.#answer(`blob ${digest}@${offset}`, signal, () => {
      const found = this.#repository?.blobs.get(digest);
      if (!found) throw registryError('BLOB_UNKNOWN', 'blob unknown to registry', 404);
      return found;
    });
    return (await this.#registries.onBlob(digest, offset, bytes)) ?? chunks(bytes.subarray(offset), signal);
  }

  tags(signal: AbortSignal): Promise<readonly string[]> {
    return this.#answer('tags', signal, () => {
      if (!this.#repository)
        throw registryError('NAME_UNKNOWN', 'repository name not known to registry', 404);
      return [...this.#repository.tags].toSorted();
    });
  }

  [Symbol.dispose](): void {
    // Nothing is open.
  }

  async #answer<Value>(request: string, signal: AbortSignal, give: () => Value): Promise<Value> {
    signal.throwIfAborted();
    this.#registries.requests.push(request);
    return give();
  }
}

async function* chunks(bytes: Uint8Array, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    signal.throwIfAborted();
    yield bytes.subarray(at, at + CHUNK);
  }
}
