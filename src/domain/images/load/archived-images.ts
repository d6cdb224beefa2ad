// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { hexOf } from '../../../spec/digest.ts';
import { parseArchiveManifest } from '../../../spec/docker-archive.ts';
import { type ContentDescriptor, parseManifest } from '../../../spec/oci-image-manifest.ts';
import { choosePlatform } from '../../../spec/platform-match.ts';
import type { Platform } from '../../../spec/platform.ts';
import { parseReference, type Reference, withDefaultTag } from '../../../spec/reference.ts';
import type { ArchiveContents } from './archive-contents.ts';

/** One image of an archive: where its parts lie in it, and the names it gets. */
export interface FoundImage {
  readonly configPath: string;
  /** Base layer first. */
  readonly layerPaths: readonly string[];
  readonly references: readonly Reference[];
}

/** Source: containerd's and OCI image-spec's predefined annotations. */
const FULL_NAME = 'io.containerd.image.name';
const REF_NAME = 'org.opencontainers.image.ref.name';

const parseTag = (text: string): Reference => {
  try {
    const reference = parseReference(text);
    if (reference.tag !== undefined && reference.digest === undefined) return reference;
  } catch (cause) {
    throw new EngineError('invalid-argument', `invalid tag "${text}"`, { cause });
  }
  throw new EngineError('invalid-argument', `invalid tag "${text}"`);
};

const dockerImages = (contents: ArchiveContents): readonly FoundImage[] =>
  parseArchiveManifest(contents.bytes('manifest.json')).map(({ config, layers, repoTags }) => ({
    configPath: config,
    layerPaths: layers,
    references: repoTags.map(parseTag),
  }));

const blobPath = ({ digest }: ContentDescriptor): string =>
  `blobs/${digest.slice(0, digest.indexOf(':'))}/${hexOf(digest)}`;

/** A ref name is a whole reference only when it has a repository in it: mostly it is a mere tag. */
const namesOf = ({ annotations = {} }: ContentDescriptor): readonly Reference[] => {
  const full = annotations[FULL_NAME] ?? annotations[REF_NAME] ?? '';
  if (!/[/:]/.test(full)) return [];
  try {
    return [withDefaultTag(parseReference(full))];
  } catch {
    return [];
  }
};

const ociImage = (
  contents: ArchiveContents,
  descriptor: ContentDescriptor,
  platform: Platform,
): FoundImage | undefined => {
  const manifest = parseManifest(contents.bytes(blobPath(descriptor)), descriptor.mediaType);
  if (manifest.kind === 'manifest')
    return {
      configPath: blobPath(manifest.config),
      layerPaths: manifest.layers.map(blobPath),
      references: namesOf(descriptor),
    };
  if (manifest.kind === 'schema1') return undefined;
  const chosen = choosePlatform(platform, manifest.manifests);
  const image = chosen && ociImage(contents, chosen, platform);
  return image && { ...image, references: namesOf(descriptor) };
};

const ociImages = (contents: ArchiveContents, platform: Platform): readonly FoundImage[] => {
  const index = parseManifest(contents.bytes('index.json'));
  const manifests = index.kind === 'index' ? index.manifests : [];
  return manifests.flatMap((descriptor) => ociImage(contents, descriptor, platform) ?? []);
};

/** The images of an archive: by Docker's manifest, else by the OCI layout's index, of which `platform` chooses. */
export const findImages = (contents: ArchiveContents, platform: Platform): readonly FoundImage[] => {
  if (contents.has('manifest.json')) return dockerImages(contents);
  if (contents.has('index.json')) return ociImages(contents, platform);
  throw new EngineError('internal', 'open manifest.json: no such file or directory');
};
