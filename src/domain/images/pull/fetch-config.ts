// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind } from '../../../base/errors.ts';
import { milliseconds, type Nanoseconds } from '../../../base/time.ts';
import type { Content } from '../../../adapters/containerd/index.ts';
import type { RegistrySession } from '../../../adapters/registry/index.ts';
import { sha256 } from '../../../spec/digest.ts';
import type { ContentDescriptor } from '../../../spec/oci-image-manifest.ts';
import { RegistryError } from '../../../spec/registry-error.ts';

/** Source: images.md §4.4; the size is ours. */
const TRIES = 5;
const FIRST_PAUSE = 250;
const LARGEST = 16 * 1024 * 1024;

export interface FetchConfigDeps {
  readonly content: Pick<Content, 'readAll'>;
  readonly pause: (span: Nanoseconds, signal: AbortSignal) => Promise<void>;
}

const fetchOnce = async (
  session: RegistrySession,
  { digest }: ContentDescriptor,
  signal: AbortSignal,
): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of await session.blob(digest, 0, signal)) {
    length += chunk.length;
    if (length > LARGEST)
      throw new EngineError(
        'invalid-argument',
        `image configuration ${digest} is larger than ${LARGEST} bytes`,
      );
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (sha256(bytes) !== digest)
    throw new EngineError('internal', `image config verification failed for digest ${digest}`);
  return bytes;
};

/** The configuration's bytes, from here or from the registry. Its digest is checked. */
export const fetchConfig = async (
  { content, pause }: FetchConfigDeps,
  session: RegistrySession,
  descriptor: ContentDescriptor,
  signal: AbortSignal,
): Promise<Uint8Array> => {
  try {
    return await content.readAll(descriptor.digest, LARGEST);
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchOnce(session, descriptor, signal);
    } catch (error) {
      signal.throwIfAborted();
      const final = error instanceof RegistryError || isKind(error, 'invalid-argument');
      if (final || attempt >= TRIES) throw error;
    }
    await pause(milliseconds(FIRST_PAUSE * 2 ** (attempt - 1)), signal);
  }
};
