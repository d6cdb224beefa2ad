// SPDX-License-Identifier: Apache-2.0

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A number of bytes in four digits and steps of a thousand: `36.45kB`, `1.069MB`. */
export const humanSize = (bytes: number): string => {
  let [size, step] = [bytes, 0];
  while (size >= 1000 && step < UNITS.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${Number(size.toPrecision(4))}${UNITS[step]}`;
};
