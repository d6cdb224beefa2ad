// SPDX-License-Identifier: Apache-2.0

/** Blanks and backslashes stand in the table as `\040` and the like. Source: proc(5), mountinfo. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Places at or below `directory`, the latest mount first. `table` is the text of /proc/self/mountinfo. */
export const placesBelow = (table: string, directory: string): readonly string[] =>
  table
    .split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((place) => place === directory || place.startsWith(`${directory}/`))
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
