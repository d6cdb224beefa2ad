// SPDX-License-Identifier: Apache-2.0

/** Stands for a byte that is no UTF-8: a lone surrogate, which no decoded text can hold. */
const INVALID = '\udc00';

const isContinuation = (byte: number | undefined, from = 0x80, to = 0xbf): boolean =>
  byte !== undefined && byte >= from && byte <= to;

/** Length of the UTF-8 sequence at `index`, 0 when there is none (RFC 3629, section 4). */
const sequenceLength = (bytes: Uint8Array, index: number): number => {
  const [first = 0, second, third, fourth] = bytes.subarray(index, index + 4);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return isContinuation(second) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf;
    return isContinuation(second, low, high) && isContinuation(third) ? 3 : 0;
  }
  if (first < 0xf0 || first > 0xf4) return 0;
  const low = first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xf4 ? 0x8f : 0xbf;
  return isContinuation(second, low, high) && isContinuation(third) && isContinuation(fourth) ? 4 : 0;
};

/** Decodes UTF-8 as Go does: every single byte that belongs to no sequence becomes one replacement (`INVALID`). */
export const decodeLossy = (bytes: Buffer): string => {
  const parts: string[] = [];
  let valid = 0;
  for (let index = 0; index < bytes.length;) {
    const length = sequenceLength(bytes, index);
    if (length === 0) {
      parts.push(bytes.toString('utf8', valid, index), INVALID);
      valid = index + 1;
    }
    index += length || 1;
  }
  return parts.join('') + bytes.toString('utf8', valid);
};

const hex = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Everything Go escapes in a string; most output has none of it. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const ESCAPED = /[\x00-\x09\x0b-\x1f"\\<>&\u2028\u2029\udc00]/;
/** What the fast way below does not do as Go does, its own stand-ins among it. */
// eslint-disable-next-line no-control-regex -- as above
const UNUSUAL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x80\x81\u2028\u2029\udc00]/;
// eslint-disable-next-line no-control-regex -- as above
const EACH_ESCAPED = /[\x00-\x09\x0b-\x1f"\\<>&\u2028\u2029\udc00]/g;

const HTML = /[<>&]/;

/** Stand-ins for newline and tab: one byte wide, and left alone by JSON.stringify. */
const NEWLINE_MARK = '\x80';
const TAB_MARK = '\x81';

const escapeOne = (character: string): string => {
  if (character === '"' || character === '\\') return `\\${character}`;
  if (character === '\r') return '\\r';
  return character === INVALID ? '\\ufffd' : hex(character);
};

/** A replacement text that means itself: `$` is special there. */
const literal = (text: string): string => text.replaceAll('$', '$$$$');

const escapeHtml = (text: string): string =>
  HTML.test(text) ? text.replace(/</g, '\\u003c').replace(/>/g, '\\u003e').replace(/&/g, '\\u0026') : text;

/**
 * `text` as Go's encoders write it inside a JSON string, and `separator` (which is not escaped) in each newline's place.
 * Replacing one character by a global expression is what the platform does fastest; JSON.stringify is native, too.
 */
export const escapeLines = (text: string, separator: string): string => {
  const joint = literal(separator);
  if (!ESCAPED.test(text)) return text.replace(/\n/g, joint);
  if (UNUSUAL.test(text)) return text.replace(EACH_ESCAPED, escapeOne).replace(/\n/g, joint);
  const marked = text.replace(/\n/g, NEWLINE_MARK).replace(/\t/g, TAB_MARK);
  return escapeHtml(JSON.stringify(marked).slice(1, -1)).replace(/\x81/g, '\\u0009').replace(/\x80/g, joint);
};
