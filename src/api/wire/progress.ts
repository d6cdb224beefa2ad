// SPDX-License-Identifier: Apache-2.0
import type { Progress } from '../../domain/images/index.ts';
import { humanSize } from '../../spec/human-size.ts';

/** Characters of a whole progress bar. */
const BAR = 50;
/** The present number stands right-aligned in this many. */
const COLUMN = 8;

const barText = (current: number, total: number): string => {
  const done = Math.min(BAR, Math.trunc(Math.trunc((current / total) * 100) / 2));
  return `[${'='.repeat(done)}>${' '.repeat(BAR - done)}] `;
};

/** The bar that clients older than the one with `progressDetail` print as it is; still sent by Docker. */
const progressText = (current: number, total: number): string => {
  if (current <= 0 && total <= 0) return '';
  const number = humanSize(current).padStart(COLUMN);
  if (total <= 0) return number;
  return barText(current, total) + (current > total ? number : `${number}/${humanSize(total)}`);
};

/** One line of a pull, push or load. Source: Engine API, `CreateImageInfo`. */
export const progressBody = ({ stream, status, detail, id }: Progress): object => {
  const text = progressText(detail?.current ?? 0, detail?.total ?? 0);
  return {
    ...(stream === undefined ? {} : { stream }),
    ...(status === undefined ? {} : { status }),
    ...(detail === undefined ? {} : { progressDetail: detail }),
    ...(text === '' ? {} : { progress: text }),
    ...(id === undefined ? {} : { id }),
  };
};

/** The line of an error that befell a stream after its head had gone out. */
export const errorLine = (message: string): object => ({ errorDetail: { message }, error: message });
