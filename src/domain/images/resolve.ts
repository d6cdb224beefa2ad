// SPDX-License-Identifier: Apache-2.0
import { type ImageId, parseDigest } from '../../spec/digest.ts';
import { matchesPlatform } from '../../spec/platform-match.ts';
import type { Platform } from '../../spec/platform.ts';
import { familiarReference, parseReference, type Reference, withDefaultTag } from '../../spec/reference.ts';
import type { Image } from './image.ts';
import { noSuchImage, wrongPlatform } from './image-errors.ts';
import type { ImageIndex } from './image-index.ts';

const FULL_HEX = /^[0-9a-f]{64}$/;

/** A whole id, with or without `sha256:`. */
const asId = (text: string): ImageId | undefined => {
  if (FULL_HEX.test(text)) return `sha256:${text}` as ImageId;
  return text.startsWith('sha256:') ? (parseDigest(text) as ImageId | undefined) : undefined;
};

const byReference = (index: ImageIndex, reference: Reference): ImageId | undefined => {
  const named = index.target(reference);
  if (named !== undefined) return named;
  const { digest } = reference;
  return digest !== undefined && index.get(digest as ImageId) ? (digest as ImageId) : undefined;
};

/**
 * The image that `text` stands for: a whole id, a name with tag or digest, or the beginning of an id, in this order.
 * @throws not-found; invalid-argument for what is no reference
 */
export const resolveId = (index: ImageIndex, text: string): ImageId => {
  const id = asId(text);
  if (id !== undefined) {
    if (index.get(id)) return id;
    throw noSuchImage(id);
  }
  const reference = withDefaultTag(parseReference(text));
  const found = byReference(index, reference) ?? index.search(text);
  if (found === undefined) throw noSuchImage(familiarReference(reference));
  return found;
};

/** The image, if it runs on `platform`. @throws not-found; invalid-argument for what is no reference */
export const resolveImage = (index: ImageIndex, text: string, platform?: Platform): Image => {
  const image = index.describe(resolveId(index, text)) as Image;
  if (platform && !matchesPlatform(platform, image.platform))
    throw wrongPlatform(text, image.platform, platform);
  return image;
};
