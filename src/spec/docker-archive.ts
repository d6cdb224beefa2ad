// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import { decodeDocument, slice, string, struct } from '../base/go-json.ts';

const item = struct('manifestItem', {
  config: string,
  repoTags: slice(string),
  layers: slice(string),
});

/** One image of a docker archive's `manifest.json`: paths inside the archive, and the names it is to get. */
export interface ArchivedImage {
  readonly config: string;
  readonly repoTags: readonly string[];
  /** Base layer first. */
  readonly layers: readonly string[];
}

/** Reads `manifest.json`. @throws invalid-argument in Docker's words */
export const parseArchiveManifest = (bytes: Uint8Array): readonly ArchivedImage[] => {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new EngineError('invalid-argument', 'invalid manifest: not JSON', { cause });
  }
  if (json === null)
    throw new EngineError('invalid-argument', 'invalid manifest, manifest cannot be null (but can be [])');
  const images = decodeDocument(slice(item), json) ?? [];
  return images.map(({ config, repoTags, layers }) => ({
    config,
    repoTags: repoTags ?? [],
    layers: layers ?? [],
  }));
};
