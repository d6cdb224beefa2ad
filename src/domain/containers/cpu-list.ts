// SPDX-License-Identifier: Apache-2.0

/** Reads `0-2,7` (cpuset(7), "List format"); empty for empty text, `undefined` when it is malformed. */
export const parseCpuList = (text: string): readonly number[] | undefined => {
  if (text === '') return [];
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
    if (!match) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? first);
    if (last < first) return undefined;
    for (let number = first; number <= last; number += 1) numbers.push(number);
  }
  return numbers;
};
