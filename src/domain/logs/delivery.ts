// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import { EngineError } from '../../base/errors.ts';
import type { Nanoseconds } from '../../base/time.ts';
import type { LogTarget } from './driver.ts';
import type { LogPiece } from './piece.ts';

/** Told of what a target did not take. */
export type OnLoss = (error: unknown, pieces: readonly LogPiece[]) => void;

export interface DeliveryOptions {
  /** How long a target may take nothing, or take to close. */
  readonly patience: Nanoseconds;
  readonly onLoss: OnLoss;
}

const isDone = async (promise: Promise<unknown>, patience: Nanoseconds): Promise<boolean> =>
  (await within(
    promise.then(() => true),
    patience,
  )) === true;

const stalled = (): EngineError =>
  new EngineError('unavailable', 'the log driver takes no output at present');

/** Hands a piece over; what fails is told and is no failure of the caller. */
export const hand = (target: LogTarget, piece: LogPiece, onLoss: OnLoss): Promise<void> | undefined => {
  try {
    return target.write(piece)?.catch((error: unknown) => onLoss(error, [piece]));
  } catch (error) {
    onLoss(error, [piece]);
    return undefined;
  }
};

/** Closes a target, which may hang: then it is left alone. */
export const closeTarget = async (
  target: LogTarget,
  { patience, onLoss }: DeliveryOptions,
): Promise<void> => {
  const close = async (): Promise<void> => {
    try {
      await target[Symbol.asyncDispose]();
    } catch (error) {
      onLoss(error, []);
    }
  };
  if (!(await isDone(close(), patience))) onLoss(stalled(), []);
};

/**
 * `mode=blocking`: who writes waits for the target. But only so long: a target that takes nothing any more loses output
 * until it does again, as a container must never stand still for its log.
 */
export const createBlockingDelivery = (target: LogTarget, options: DeliveryOptions): LogTarget => {
  const { patience, onLoss } = options;
  let waiting: Promise<void> | undefined;
  let isStalled = false;

  const wait = async (taken: Promise<void>): Promise<void> => {
    if (await isDone(taken, patience)) return;
    isStalled = true;
    onLoss(stalled(), []);
    void taken.then(() => (isStalled = false));
  };
  const write = (piece: LogPiece): Promise<void> | undefined => {
    // Stdout and stderr come independently: one may write while the other waits.
    if (waiting) return waiting.then(() => write(piece));
    if (isStalled) return onLoss(stalled(), [piece]) ?? undefined;
    const taken = hand(target, piece, onLoss);
    waiting = taken && wait(taken).finally(() => (waiting = undefined));
    return waiting;
  };
  return {
    write,
    [Symbol.asyncDispose]: async () => {
      await waiting;
      await closeTarget(target, options);
    },
  };
};
