// SPDX-License-Identifier: Apache-2.0

/** Blanks and backslashes stand in the table as `\040` and the like. Source: proc(5), mountinfo. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

const isBelow = (place: string, directory: string): boolean =>
  directory === '/' || place === directory || place.startsWith(`${directory}/`);

/** Places at or below `directory`, the latest mount first. `table` is the text of /proc/self/mountinfo. */
export const placesBelow = (table: string, directory: string): readonly string[] =>
  table
    .split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((place) => place !== '' && isBelow(place, directory))
    .toReversed();

/** Where an overlay with this upper directory is mounted; `undefined` when it is not. */
export const placeOfOverlay = (table: string, upperDirectory: string): string | undefined => {
  const wanted = `upperdir=${upperDirectory}`;
  // A cheap look first: the table of a busy host is long.
  if (!table.includes('upperdir=')) return undefined;
  for (const line of table.split('\n')) {
    const at = line.indexOf(' - overlay ');
    if (at < 0) continue;
    const options = line.slice(line.lastIndexOf(' ') + 1);
    if (options.split(',').some((option) => unescape(option) === wanted))
      return unescape(line.split(' ')[4] ?? '');
  }
  return undefined;
};

/** The mount that an absolute `path` lies on, with its optional fields (`shared:1`, `master:2`). Source: proc(5), mountinfo. */
export const mountOfPath = (
  table: string,
  path: string,
): { readonly place: string; readonly fields: readonly string[] } | undefined => {
  let found: { readonly place: string; readonly fields: readonly string[] } | undefined;
  for (const line of table.split('\n')) {
    const words = line.split(' ');
    const place = unescape(words[4] ?? '');
    if (place === '' || !isBelow(path, place)) continue;
    // Of several at one place the last one is on top.
    if (found && place.length < found.place.length) continue;
    found = { place, fields: words.slice(6, words.indexOf('-')) };
  }
  return found;
};
