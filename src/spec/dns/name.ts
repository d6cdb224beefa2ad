// SPDX-License-Identifier: Apache-2.0

/**
 * A domain name in text form (RFC 1035, 5.1), without the root's dot: the root is the empty text. Dots and backslashes
 * inside a label stand behind a backslash, bytes that do not print as `\DDD`. Letters keep their case.
 */
export type DnsName = string;

/** RFC 1035, 2.3.4: octets of a label, and of a whole name with its length octets. */
const LONGEST_LABEL = 63;
const LONGEST_NAME = 255;
/** The two upper bits of a length octet that make it a pointer, RFC 1035, 4.1.4; the other 14 are an offset. */
const POINTER = 0xc0;

const PLAIN = /^[A-Za-z0-9_-]*$/;

const escapeByte = (byte: number): string => {
  if (byte === 0x2e || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
  if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\${`${byte}`.padStart(3, '0')}`;
};

const labelText = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return PLAIN.test(text) ? text : Array.from(bytes, escapeByte).join('');
};

/** The name at `offset` of a message and where what follows it begins; `undefined` for a malformed one. */
export const readName = (
  message: Uint8Array,
  offset: number,
): { readonly name: DnsName; readonly end: number } | undefined => {
  const labels: string[] = [];
  let at = offset;
  let end: number | undefined;
  let length = 1;
  for (;;) {
    const octet = message[at];
    if (octet === undefined) return undefined;
    if (octet === 0) return { name: labels.join('.'), end: end ?? at + 1 };
    if (octet >= POINTER) {
      const low = message[at + 1];
      if (low === undefined) return undefined;
      const target = ((octet & ~POINTER) << 8) | low;
      // A pointer leads to what stands before it; so none can go in circles.
      if (target >= at) return undefined;
      end ??= at + 2;
      at = target;
      continue;
    }
    length += octet + 1;
    if (octet > LONGEST_LABEL || length > LONGEST_NAME || at + 1 + octet > message.length) return undefined;
    labels.push(labelText(message.subarray(at + 1, at + 1 + octet)));
    at += 1 + octet;
  }
};

const ESCAPE = /\\(\d{3}|[^])/g;

/** The labels of a name in text form, escapes kept. */
export const labelsOf = (name: DnsName): readonly string[] =>
  name === '' ? [] : [...name.matchAll(/(?:^|\.)((?:\\[^]|[^.\\])*)/g)].map(([, label]) => label ?? '');

const labelBytes = (label: string): Buffer =>
  PLAIN.test(label)
    ? Buffer.from(label, 'latin1')
    : Buffer.from(
        label.replace(ESCAPE, (_, escaped: string) =>
          escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped,
        ),
        'latin1',
      );

/** The labels of a name as bytes; `undefined` when it is none: a label is empty or too long, or the whole is. */
export const nameBytes = (name: DnsName): readonly Buffer[] | undefined => {
  const texts = labelsOf(name);
  const labels = texts.map(labelBytes);
  const length = labels.reduce((sum, label) => sum + 1 + label.length, 1);
  const fits = labels.every((label) => label.length > 0 && label.length <= LONGEST_LABEL);
  return texts.join('.') === name && fits && length <= LONGEST_NAME ? labels : undefined;
};

/** The name as it is compared: case does not count (RFC 4343). */
export const foldName = (name: DnsName): DnsName => name.toLowerCase();
