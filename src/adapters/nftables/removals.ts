// SPDX-License-Identifier: Apache-2.0
import type { Removal } from './nftables.ts';

/** Of `<linux/netfilter/nfnetlink.h>`: the subsystem stands in the upper byte of a message's type. */
const NFNL_SUBSYS_NFTABLES = 10;
/** Length of `struct nlmsghdr` and of `struct nfgenmsg`. */
const HEADER = 16;
const GENERAL = 4;
const align = (length: number): number => (length + 3) & ~3;

/**
 * Messages that tell of removals, of `<linux/netfilter/nf_tables.h>`, with the attribute that names what was in the
 * table: chains have theirs as the third, rules, sets and elements as the second; a table has none.
 */
const REMOVALS: ReadonlyMap<number, number> = new Map([
  [2, 0],
  [5, 3],
  [8, 2],
  [11, 2],
  [14, 2],
]);
/** In all of them the first attribute names the table. */
const TABLE = 1;

/** Protocol families, of `<linux/netfilter.h>`. */
const FAMILIES: ReadonlyMap<number, 'ip' | 'ip6'> = new Map([
  [2, 'ip'],
  [10, 'ip6'],
]);

/** Type, sender and body of each message of a datagram. */
function* messagesOf(
  datagram: Buffer,
): Generator<{ readonly type: number; readonly sender: number; readonly body: Buffer }> {
  for (let offset = 0; offset + HEADER <= datagram.length;) {
    const length = datagram.readUInt32LE(offset);
    if (length < HEADER || offset + length > datagram.length) return;
    const body = datagram.subarray(offset + HEADER, offset + length);
    yield { type: datagram.readUInt16LE(offset + 4), sender: datagram.readUInt32LE(offset + 12), body };
    offset += align(length);
  }
}

const textsOf = (body: Buffer): ReadonlyMap<number, string> => {
  const texts = new Map<number, string>();
  for (let offset = GENERAL; offset + 4 <= body.length;) {
    const length = body.readUInt16LE(offset);
    if (length < 4 || offset + length > body.length) break;
    const type = body.readUInt16LE(offset + 2);
    if (type <= 3) texts.set(type, body.toString('latin1', offset + 4, offset + length - 1));
    offset += align(length);
  }
  return texts;
};

/** What a datagram of the group of nftables tells of removals. */
export const removalsOf = (datagram: Buffer): readonly Removal[] =>
  [...messagesOf(datagram)].flatMap(({ type, body }) => {
    const named = type >> 8 === NFNL_SUBSYS_NFTABLES ? REMOVALS.get(type & 0xff) : undefined;
    if (named === undefined || body.length < GENERAL) return [];
    const texts = textsOf(body);
    const name = texts.get(named);
    const family = FAMILIES.get(body.readUInt8(0)) ?? 'other';
    return [{ table: texts.get(TABLE) ?? '', family, ...(name === undefined ? {} : { name }) }];
  });

/** The port of whoever removed `table`, if `datagram` tells of that. */
export const removerOf = (datagram: Buffer, table: string): number | undefined =>
  [...messagesOf(datagram)].find(
    ({ type, body }) => type === ((NFNL_SUBSYS_NFTABLES << 8) | 2) && textsOf(body).get(TABLE) === table,
  )?.sender;
