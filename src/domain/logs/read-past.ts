// SPDX-License-Identifier: Apache-2.0
import type { LogPast } from './driver.ts';
import { openFiles } from './follow.ts';
import { BlockReader } from './read-blocks.ts';
import { ALL_AGES, type ReadableLog } from './read-log.ts';

/**
 * Opens a log as it is at present, with what its writer holds. Whoever calls it lets nothing be written meanwhile.
 * @throws by errno
 */
export const openPast = async ({ files, format, path, writer }: ReadableLog): Promise<LogPast> => {
  await using acquired = new AsyncDisposableStack();
  const { readers } = await openFiles(files, path, writer, ALL_AGES);
  for (const reader of readers) acquired.use(reader);
  // The older ones are whole; only the last one will grow.
  const end = (await readers.at(-1)?.size()) ?? 0;
  const open = acquired.move();
  return {
    async *batches() {
      const decoder = format.createDecoder();
      for (const [index, reader] of readers.entries()) {
        const blocks = new BlockReader(reader, format, 0, index === readers.length - 1 ? end : undefined);
        for (let block = await blocks.next(); block; block = await blocks.next()) yield decoder.decode(block);
        // What was unpacked to be read need not stay in memory, what is deleted not on the disk.
        await reader[Symbol.asyncDispose]();
      }
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
};
