// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Images, PullRequest } from '../../../domain/images/index.ts';
import type { Platform } from '../../../spec/platform.ts';
import { parsePlatform } from '../../../spec/platform-parse.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { sendProgress } from '../../streams/progress.ts';
import { readRegistryAuth } from '../../wire/registry-auth.ts';

/** Where a reference's own tag or digest begins; its end when it has none. */
const suffixStart = (reference: string): number => {
  const digest = reference.indexOf('@');
  if (digest >= 0) return digest;
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  return colon < 0 ? reference.length : colon;
};

/** `tag`, which may be a digest, takes the place of the one that `image` brings. */
const withTag = (image: string, tag: string): string => {
  if (tag === '') return image;
  const name = image.slice(0, suffixStart(image));
  return tag.includes(':') ? `${name}@${tag}` : `${name}:${tag}`;
};

const readRequest = (exchange: Exchange, host: Platform): PullRequest => {
  const { query, api, signal } = exchange;
  const image = query.text('fromImage');
  const tag = query.text('tag');
  const platform = api >= 32 ? query.optional('platform') : undefined;
  const auth = readRegistryAuth(exchange.header('x-registry-auth'));
  return {
    reference: withTag(image, tag),
    allTags: tag === '' && suffixStart(image) === image.length,
    ...(platform === undefined ? {} : { platform: parsePlatform(platform, host) }),
    ...(auth === undefined ? {} : { auth }),
    metaHeaders: exchange.headersWith('x-meta-'),
    signal,
  };
};

/** Pulls an image. The other half of this endpoint, the import of a file system, is to come. */
export const imageCreateRoute = (images: Pick<Images, 'pull'>, host: Platform): Route => ({
  method: 'POST',
  path: '/images/create',
  operation: 'ImageCreate',
  handle: async (exchange) => {
    if (exchange.query.text('fromImage') === '')
      throw new EngineError('not-implemented', 'ImageImport is not implemented yet by this engine');
    await sendProgress(exchange, images.pull(readRequest(exchange, host)));
  },
});
