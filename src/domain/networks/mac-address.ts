// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { EngineError } from '../../base/errors.ts';

/** Bits of the first byte: one host, not a group; given by an administrator, not by a maker (IEEE 802). */
const GROUP = 0x01;
const LOCAL = 0x02;

const format = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1:');

/** A random address of one host, `aa:bb:cc:dd:ee:ff`, that no maker gives. */
export const randomMacAddress = (): string => {
  const bytes = randomBytes(6);
  bytes[0] = ((bytes[0] ?? 0) & ~GROUP) | LOCAL;
  return format(bytes);
};

/** `text` in lower case with colons. @throws invalid-argument `invalid MAC address X` */
export const parseMacAddress = (text: string): string => {
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text))
    throw new EngineError('invalid-argument', `invalid MAC address ${text}`);
  return text.toLowerCase().replaceAll('-', ':');
};
