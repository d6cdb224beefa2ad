// SPDX-License-Identifier: Apache-2.0

const hex = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Everything Go escapes in a string; most output has none of it. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const ESCAPED = /[\x00-\x09\x0b-\x1f"\\<>&\u2028\u2029]/;
/** What the fast way below does not do as Go does, its own stand-ins among it. */
// eslint-disable-next-line no-control-regex -- as above
const UNUSUAL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x80\x81\u2028\u2029]/;
// eslint-disable-next-line no-control-regex -- as above
const EACH_ESCAPED = /[\x00-\x09\x0b-\x1f"\\<>&\u2028\u2029]/g;

const HTML = /[<>&]/;

/** Stand-ins for newline and tab: one byte wide, and left alone by JSON.stringify. */
const NEWLINE_MARK = '\x80';
const TAB_MARK = '\x81';

const escapeOne = (character: string): string => {
  if (character === '"' || character === '\\') return `\\${character}`;
  return character === '\r' ? '\\r' : hex(character);
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
