// SPDX-License-Identifier: Apache-2.0
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createDeflateRaw, createGzip } from 'node:zlib';

export type ContentEncoding = 'gzip' | 'deflate';

/** Quick rather than small: the other side is near. */
const OPTIONS = { level: constants.Z_BEST_SPEED, chunkSize: 64 * 1024 };

/** The weight of one item of an `Accept-Encoding` header; 1 where it says none. */
const weightOf = (parameters: readonly string[]): number => {
  const weight = parameters.map((each) => /^\s*q=([\d.]+)\s*$/i.exec(each)?.[1]).find(Boolean);
  return weight === undefined ? 1 : Number(weight);
};

/** What of gzip and deflate a client likes best; `undefined` when it takes neither. gzip wins a tie. */
export const chooseEncoding = (accepted: string): ContentEncoding | undefined => {
  const weights = new Map<string, number>();
  for (const item of accepted.split(',')) {
    const [name = '', ...parameters] = item.split(';');
    weights.set(name.trim().toLowerCase(), weightOf(parameters));
  }
  const liking = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0;
  const [gzip, deflate] = [liking('gzip'), liking('deflate')];
  if (gzip <= 0 && deflate <= 0) return undefined;
  return gzip >= deflate ? 'gzip' : 'deflate';
};

async function* through(
  transform: Transform,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const fed = pipeline(Readable.from(content, { objectMode: false }), transform);
  fed.catch((error: Error) => transform.destroy(error));
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
    await fed;
  } finally {
    transform.destroy();
    await fed.catch(() => undefined);
  }
}

/** `content`, packed as `encoding` says. `deflate` is the bare format of RFC 1951, as Docker sends it. */
export const encoded = (
  encoding: ContentEncoding | undefined,
  content: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> => {
  if (encoding === undefined) return content;
  return through(encoding === 'gzip' ? createGzip(OPTIONS) : createDeflateRaw(OPTIONS), content);
};
