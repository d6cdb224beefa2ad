// SPDX-License-Identifier: Apache-2.0

/** How a stream is packed. */
export type Packing = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2';

/** Unpacks streams. */
export interface Compression {
  /** The bytes behind `packing`. @throws invalid-argument when they are not packed so, unavailable when the program for it is missing */
  unpack(packing: Packing, source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array>;
}
