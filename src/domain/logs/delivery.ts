// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import { EngineError } from '../../base/errors.ts';
import type { Nanoseconds } from '../../base/time.ts';
import type { LogTarget } from './driver.ts';
import type { LogPiece } from './piece.ts';

/** Looks at what has been written; never rejects. */
export type Look = () => Promise<void>;

/** A target to which one may be told at what point of the output one wants to look at the log. */
export interface Delivery extends LogTarget {
  /**
   * Calls `look` when every piece before has been taken or lost; none after it is handed on until it has settled.
   * Resolves when more may come, as `write`. A look that has not come about when the target is closed never does.
   */
  mark(look: Look): Promise<void> | undefined;
}

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
export const createBlockingDelivery = (target: LogTarget, options: DeliveryOptions): Delivery => {
  const { patience, onLoss } = options;
  let waiting: Promise<void> | undefined;
  /** Resolves when the target takes something again. */
  let stalling: Promise<void> | undefined;

  const wait = async (taken: Promise<void>): Promise<void> => {
    if (await isDone(taken, patience)) return;
    onLoss(stalled(), []);
    stalling = taken.then(() => (stalling = undefined));
  };
  const waitFor = (taken: Promise<void> | undefined): Promise<void> | undefined => {
    waiting = taken && wait(taken).finally(() => (waiting = undefined));
    return waiting;
  };
  const write = (piece: LogPiece): Promise<void> | undefined => {
    // Stdout and stderr come independently: one may write while the other waits.
    if (waiting) return waiting.then(() => write(piece));
    if (stalling) return onLoss(stalled(), [piece]) ?? undefined;
    return waitFor(hand(target, piece, onLoss));
  };
  const mark = (look: Look): Promise<void> | undefined => {
    if (waiting) return waiting.then(() => mark(look));
    if (!stalling) return waitFor(look());
    void stalling.then(() => mark(look));
    return undefined;
  };
  return {
    write,
    mark,
    [Symbol.asyncDispose]: async () => {
      await waiting;
      await closeTarget(target, options);
    },
  };
};
