// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readTar } from '../../src/spec/tar/read.ts';

/** One member of an archive, without its time. */
export interface ListedMember {
  readonly name: string;
  readonly type: string;
  readonly mode: string;
  readonly owner: string;
  readonly link: string;
  /** First 12 hex digits of the content's SHA-256. */
  readonly content: string;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What is in a tar archive, in its order. */
export async function listTar(bytes: Uint8Array): Promise<ListedMember[]> {
  const members: ListedMember[] = [];
  for await (const { entry, content } of readTar(once(bytes))) {
    const hash = createHash('sha256');
    for await (const chunk of content) hash.update(chunk);
    members.push({
      name: entry.name,
      type: entry.type,
      mode: entry.mode.toString(8),
      owner: `${entry.uid}:${entry.gid}`,
      link: entry.linkName,
      content: entry.size === 0 ? '' : hash.digest('hex').slice(0, 12),
    });
  }
  return members;
}
