// SPDX-License-Identifier: Apache-2.0
import type { ConfigSource } from '../../../base/config-source.ts';
import { EngineError } from '../../../base/errors.ts';
import type { Nanoseconds } from '../../../base/time.ts';
import type { Leases } from '../../../adapters/containerd/index.ts';
import type {
  Registries,
  RegistryAccess,
  RegistrySession,
  RegistrySettings,
  RemoteManifest,
} from '../../../adapters/registry/index.ts';
import type { Digest, ImageId } from '../../../spec/digest.ts';
import { classOfConfigType, isImageConfigType } from '../../../spec/media-type.ts';
import { type ImageConfig, parseImageConfig } from '../../../spec/oci-image-config.ts';
import { type ImageManifest, parseManifest } from '../../../spec/oci-image-manifest.ts';
import { choosePlatform, matchesPlatform } from '../../../spec/platform-match.ts';
import type { Platform } from '../../../spec/platform.ts';
import {
  familiarName,
  familiarReference,
  parseReference,
  type Reference,
  withDefaultTag,
  withTag,
} from '../../../spec/reference.ts';
import type { EventPublisher } from '../../events/index.ts';
import { wrongPlatformText } from '../image-errors.ts';
import { publishImageEvent } from '../image-events.ts';
import type { Progress, PullRequest } from '../images.ts';
import { withProgress } from '../progress-queue.ts';
import { nameImage, recordImage, type RecordDeps } from '../record-image.ts';
import type { StoredImage } from '../stored-image.ts';
import type { Unpacker } from '../unpack.ts';
import type { Downloads } from './downloads.ts';
import { fetchConfig } from './fetch-config.ts';
import { noMatchingManifest, obsoleteManifest, translatePullError } from './pull-errors.ts';
import { pullLayers } from './pull-layers.ts';
import { openSource } from './pull-source.ts';

/** What an interrupted pull has fetched is kept this long (ms), for the next one to go on from. */
const LEASE_LIFE = 24 * 3600 * 1000;
/** How deep indexes may lie in indexes. */
const DEEPEST = 4;

export interface PullDeps extends RecordDeps {
  readonly leases: Leases;
  readonly unpacker: Unpacker;
  readonly downloads: Downloads;
  readonly registries: Registries;
  readonly events: EventPublisher;
  readonly config: ConfigSource<RegistrySettings>;
  readonly host: Platform;
  readonly pause: (span: Nanoseconds, signal: AbortSignal) => Promise<void>;
}

/** A manifest for one platform, as the registry has it. */
interface ChosenManifest {
  readonly manifest: ImageManifest;
  readonly bytes: Uint8Array;
}

/** @throws invalid-argument for what is no reference, forbidden for the reserved name */
const parsePullReference = ({ reference: text, allTags }: PullRequest): Reference => {
  const reference = parseReference(text);
  if (familiarName(reference) === 'scratch')
    throw new EngineError('forbidden', `'scratch' is a reserved name`);
  return allTags ? reference : withDefaultTag(reference);
};

/** One pull, of one tag or of all. */
class Pull {
  readonly #deps: PullDeps;
  readonly #request: PullRequest;
  readonly #reference: Reference;
  readonly #report: (line: Progress) => void;
  readonly #signal: AbortSignal;

  constructor(deps: PullDeps, request: PullRequest, report: (line: Progress) => void, signal: AbortSignal) {
    this.#deps = deps;
    this.#request = request;
    this.#reference = parsePullReference(request);
    this.#report = report;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    const updated = await (this.#request.allTags ? this.#pullAll() : this.#pullNamed(this.#reference));
    const familiar = familiarReference(this.#reference);
    const verdict = updated ? 'Downloaded newer image' : 'Image is up to date';
    this.#report({ status: `Status: ${verdict} for ${familiar}` });
  }

  /** True when some tag is new here. */
  async #pullAll(): Promise<boolean> {
    const { session, first: tags } = await this.#open((opened) => opened.tags(this.#signal));
    using _session = session;
    let updated = false;
    for (const tag of tags) {
      const reference = withTag(this.#reference, tag);
      const remote = await this.#translated(reference, session.manifest(tag, this.#signal));
      if (await this.#pullOne(session, reference, remote)) updated = true;
    }
    const newest = this.#deps.index.target(withTag(this.#reference, tags[0] ?? 'latest'));
    if (newest) this.#publish(this.#reference, newest);
    return updated;
  }

  async #pullNamed(reference: Reference): Promise<boolean> {
    const wanted = reference.digest ?? reference.tag ?? 'latest';
    const { session, first } = await this.#open((opened) => opened.manifest(wanted, this.#signal));
    using _session = session;
    const updated = await this.#pullOne(session, reference, first);
    this.#publish(reference, this.#deps.index.target(reference) as ImageId);
    return updated;
  }

  #publish(reference: Reference, id: ImageId): void {
    publishImageEvent(this.#deps, 'pull', id, {
      actor: familiarReference(reference),
      name: familiarName(reference),
    });
  }

  #open<First>(ask: (session: RegistrySession) => Promise<First>) {
    const { registries, config } = this.#deps;
    const access: RegistryAccess = {
      ...(this.#request.auth ? { credentials: this.#request.auth } : {}),
      headers: this.#request.metaHeaders,
      signal: this.#signal,
    };
    const opened = openSource(registries, config.current, this.#reference, access, ask);
    return this.#translated(this.#reference, opened);
  }

  async #translated<Value>(reference: Reference, promise: Promise<Value>): Promise<Value> {
    try {
      return await promise;
    } catch (error) {
      throw translatePullError(error, reference);
    }
  }

  /** True when the name stood for something else before, or for nothing. */
  async #pullOne(session: RegistrySession, reference: Reference, remote: RemoteManifest): Promise<boolean> {
    const id = reference.digest === undefined ? reference.tag : familiarReference(reference);
    this.#report({ status: `Pulling from ${reference.path}`, id: id ?? '' });
    const chosen = await this.#choose(session, reference, remote);
    const image = await this.#bring(session, reference, chosen);
    const updated = await this.#name(reference, remote.digest, image);
    this.#report({ status: `Digest: ${remote.digest}` });
    return updated;
  }

  /** The manifest itself, or the one for the platform out of an index. */
  async #choose(
    session: RegistrySession,
    reference: Reference,
    first: RemoteManifest,
  ): Promise<ChosenManifest> {
    const platform = this.#request.platform ?? this.#deps.host;
    let { bytes, mediaType } = first;
    for (let depth = 0; depth < DEEPEST; depth += 1) {
      const parsed = parseManifest(bytes, mediaType);
      if (parsed.kind === 'schema1') throw obsoleteManifest(reference);
      if (parsed.kind === 'manifest') return { manifest: parsed, bytes };
      const next = choosePlatform(platform, parsed.manifests);
      if (!next) throw noMatchingManifest(platform);
      ({ bytes, mediaType } = await session.manifest(next.digest, this.#signal));
    }
    throw noMatchingManifest(platform);
  }

  async #bring(
    session: RegistrySession,
    reference: Reference,
    { manifest, bytes }: ChosenManifest,
  ): Promise<StoredImage> {
    const { mediaType } = manifest.config;
    if (!isImageConfigType(mediaType))
      throw new EngineError(
        'invalid-argument',
        `Encountered remote "${mediaType}"(${classOfConfigType(mediaType)}) when fetching`,
      );
    const known = this.#deps.index.get(manifest.config.digest as ImageId);
    if (known) return known;
    const configBytes = await fetchConfig(this.#deps, session, manifest.config, this.#signal);
    const config = parseImageConfig(configBytes);
    checkConfig(config, manifest);
    this.#warnOfPlatform(reference, config);
    return this.#store(session, { manifest, bytes }, { configBytes, config });
  }

  #warnOfPlatform(reference: Reference, { platform }: ImageConfig): void {
    const wanted = this.#request.platform;
    if (!wanted || matchesPlatform(wanted, platform)) return;
    const text = wrongPlatformText(familiarReference(reference), platform, wanted);
    this.#report({ status: `WARNING: ${text}` });
  }

  /** The lease goes when all is recorded; after a failure it keeps for a while what there is, so that another pull goes on from it. */
  async #store(
    session: RegistrySession,
    { manifest, bytes }: ChosenManifest,
    image: { readonly configBytes: Uint8Array; readonly config: ImageConfig },
  ): Promise<StoredImage> {
    const { leases } = this.#deps;
    const lease = await leases.create({ expiresIn: LEASE_LIFE });
    const { layers, mediaType } = manifest;
    const { diffIds } = image.config;
    const request = { session, layers, diffIds, lease, report: this.#report, signal: this.#signal };
    try {
      const heldAs = await pullLayers(this.#deps, request);
      const stored = await recordImage(this.#deps, {
        ...image,
        layers,
        heldAs,
        manifest: { bytes, mediaType },
        lease,
      });
      await leases.delete(lease);
      return stored;
    } finally {
      // Another pull may follow a transfer that uses this session.
      await Promise.all(layers.map(({ digest }) => this.#deps.downloads.settled(digest)));
    }
  }

  async #name(reference: Reference, digest: Digest, image: StoredImage): Promise<boolean> {
    const { domain, path } = reference;
    const digested: Reference = { domain, path, digest };
    const before = this.#deps.index.target(reference);
    if (this.#deps.index.target(digested) !== image.id) await nameImage(this.#deps, digested, image);
    if (before !== image.id && reference.digest === undefined) await nameImage(this.#deps, reference, image);
    return before !== image.id;
  }
}

const checkConfig = ({ diffIds, platform }: ImageConfig, { layers }: ImageManifest): void => {
  if (diffIds.length !== layers.length)
    throw new EngineError('internal', `layers from manifest don't match image configuration`);
  if (platform.os !== 'linux')
    throw new EngineError(
      'internal',
      `image operating system "${platform.os}" cannot be used on this platform`,
    );
};

/** Pulls one tag, one digest, or every tag of a repository. */
export const pullImage = (deps: PullDeps, request: PullRequest): AsyncGenerator<Progress> =>
  withProgress(AbortSignal.any([request.signal, deps.lifetime]), (report, signal) =>
    new Pull(deps, request, report, signal).run(),
  );
