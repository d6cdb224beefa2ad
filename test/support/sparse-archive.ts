// SPDX-License-Identifier: Apache-2.0
import { BLOCK, paddingOf } from '../../src/spec/tar/entry.ts';
import { checksumOf } from '../../src/spec/tar/header.ts';
import { formatPaxRecord } from '../../src/spec/tar/pax.ts';
import { encodeHeader, TAR_END } from '../../src/spec/tar/write.ts';

/** Offset and length (bytes) of each region of data. */
export type Numbers = readonly (readonly [offset: number, length: number])[];

/** Filled up to whole blocks. */
export const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(paddingOf(bytes.length))]);

const withSum = (block: Buffer): Buffer => {
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return block;
};

const memberOf = (flag: string, name: string, size: number): Buffer => {
  const block = Buffer.from(encodeHeader({ name, size }));
  block.write(flag, 156, 1, 'latin1');
  return withSum(block);
};

const archive = (...parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat([...parts, encodeHeader({ name: 'next', size: 1 }), padded(Buffer.from('n')), TAR_END]);

/** A member with an extended header of `records`, and what the archive holds of it. */
export const pax = (
  records: readonly (readonly [string, string])[],
  stored: Uint8Array,
  name = 'short',
): Buffer => {
  const header = Buffer.concat(records.map(([key, value]) => formatPaxRecord(`GNU.sparse.${key}`, value)));
  return archive(
    memberOf('x', 'PaxHeaders', header.length),
    padded(header),
    memberOf('0', name, stored.length),
    padded(stored),
  );
};

const octal = (value: number): string => value.toString(8).padStart(11, '0');

const writeTable = (block: Buffer, start: number, numbers: Numbers): void => {
  for (const [index, [offset, length]] of numbers.entries())
    block.write(`${octal(offset)}\0${octal(length)}\0`, start + 24 * index, 'latin1');
};

/** Type `S` with its further blocks. */
export const oldGnu = (
  numbers: Numbers,
  realSize: number,
  stored: Uint8Array,
  magic = 'ustar  \0',
): Buffer => {
  const header = memberOf('S', 'old', stored.length);
  header.write(magic, 257, 8, 'latin1');
  writeTable(header, 386, numbers.slice(0, 4));
  header.write(octal(realSize), 483, 'latin1');
  const blocks = [header];
  for (let at = 4; at < numbers.length; at += 21) {
    const last = blocks.at(-1) as Buffer;
    last[blocks.length === 1 ? 482 : 504] = 1;
    const block = Buffer.alloc(BLOCK);
    writeTable(block, 0, numbers.slice(at, at + 21));
    blocks.push(block);
  }
  withSum(header);
  return archive(...blocks, padded(stored));
};

/** The map of version 0.1. */
export const flat = (numbers: Numbers): string => numbers.flat().join(',');

const inTurns = (numbers: Numbers): (readonly [string, string])[] =>
  numbers.flatMap(([offset, length]) => [
    ['offset', String(offset)] as const,
    ['numbytes', String(length)] as const,
  ]);

/** The map of version 1.0. */
export const lines = (numbers: Numbers): Buffer =>
  padded(Buffer.from([numbers.length, ...numbers.flat()].map((value) => `${value}\n`).join('')));

/** The records that tell version 1.0. */
export const ONE_ZERO = [
  ['major', '1'],
  ['minor', '0'],
] as const;

/** The same file in each of the forms. */
export const forms = (
  numbers: Numbers,
  size: number,
  stored: Uint8Array,
): Readonly<Record<string, Buffer>> => ({
  old: oldGnu(numbers, size, stored),
  '0.0': pax(
    [['size', `${size}`], ['numblocks', `${numbers.length}`], ...inTurns(numbers), ['name', 'real/name']],
    stored,
  ),
  '0.1': pax(
    [
      ['size', `${size}`],
      ['numblocks', `${numbers.length}`],
      ['name', 'real/name'],
      ['map', flat(numbers)],
    ],
    stored,
  ),
  '1.0': pax(
    [...ONE_ZERO, ['name', 'real/name'], ['realsize', `${size}`]],
    Buffer.concat([lines(numbers), stored]),
  ),
});
