// SPDX-License-Identifier: Apache-2.0
import type { RawConnection } from '../../support/raw-connection.ts';
import type { Lab } from '../step.ts';

/** What asks for a connection of one's own. */
export const UPGRADE = { Connection: 'Upgrade', Upgrade: 'tcp' };

/** The lines of a head that do not depend on the version of the engine. */
export const headOf = (head: string): readonly string[] =>
  head.split('\r\n').filter((line) => /^(HTTP|Content-Type|Connection|Upgrade)/.test(line));

/**
 * Framed bytes as the text of each kind; bytes that are no frames as they are. How much a frame holds is chance, what all
 * of them hold is not.
 */
function unframed(bytes: Buffer): unknown {
  const kinds = new Map<number, string>();
  let at = 0;
  while (at + 8 <= bytes.length && (bytes[at] ?? 9) <= 3 && bytes.readUIntBE(at + 1, 3) === 0) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    const kind = bytes[at] ?? 0;
    kinds.set(kind, (kinds.get(kind) ?? '') + bytes.toString('latin1', at + 8, end));
    at = end;
  }
  return at === bytes.length && at > 0 ? Object.fromEntries(kinds) : bytes.toString('latin1');
}

/** All that came on a connection, and whether the engine ended it. */
export async function text(connection: RawConnection, patience?: number): Promise<unknown> {
  const { bytes, ended } = await connection.rest(patience);
  return { head: headOf(connection.head), bytes: unframed(bytes), ended };
}

/** The actions told of a container so far that match. */
export const eventsOf = async (lab: Lab, container: string, pattern: RegExp): Promise<readonly string[]> => {
  const filters = encodeURIComponent(JSON.stringify({ container: [container] }));
  const until = (Date.now() / 1000).toFixed(6);
  const { text: lines } = await lab.engine.request(
    'GET',
    `/v1.41/events?since=1&until=${until}&filters=${filters}`,
  );
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { Action: string }).Action)
    .filter((action) => pattern.test(action));
};
