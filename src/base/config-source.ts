// SPDX-License-Identifier: Apache-2.0

/** Where a room reads its slice of the configuration: a frozen snapshot that a reload swaps. Read it once per operation. */
export interface ConfigSource<Slice> {
  readonly current: Slice;
}

/** A source that never changes: for tests and embedders. */
export const fixedConfig = <Slice>(current: Slice): ConfigSource<Slice> => ({ current });
