// SPDX-License-Identifier: Apache-2.0
import { now } from '../../base/time.ts';
import type { LogTarget } from './driver.ts';
import { LineCutter } from './line-cutter.ts';
import type { LogSink, OutputStream } from './logs.ts';
import type { LogPiece } from './piece.ts';

const writeAll = async (target: LogTarget, pieces: readonly LogPiece[]): Promise<void> => {
  for (const piece of pieces) await target.write(piece);
};

/** The sink of one run: cuts output into pieces and hands them to the target, which is let go of with it. */
export const createSink = (target: LogTarget, longest: number): LogSink => {
  const cutters: Readonly<Record<OutputStream, LineCutter>> = {
    stdout: new LineCutter('stdout', longest),
    stderr: new LineCutter('stderr', longest),
  };
  return {
    write: (stream, chunk) => {
      const pieces = cutters[stream].take(chunk, now());
      const [first] = pieces;
      if (pieces.length > 1) return writeAll(target, pieces);
      return first && target.write(first);
    },
    [Symbol.asyncDispose]: async () => {
      for (const cutter of Object.values(cutters)) {
        const rest = cutter.finish(now());
        if (rest) await target.write(rest);
      }
      await target[Symbol.asyncDispose]();
    },
  };
};
