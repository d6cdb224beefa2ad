// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import { EngineError } from '../../base/errors.ts';
import { closeTarget, type Delivery, type DeliveryOptions, hand, type Look } from './delivery.ts';
import type { LogTarget } from './driver.ts';
import type { LogPiece } from './piece.ts';

const NEWLINE = 10;

/** A piece that is part of something much larger is copied: to keep it would keep all of it. */
const MUCH_LARGER = 4;

const full = (): EngineError => new EngineError('unavailable', 'the buffer of the log driver is full');

const detached = (piece: LogPiece): LogPiece =>
  piece.bytes.buffer.byteLength > piece.bytes.byteLength * MUCH_LARGER
    ? { ...piece, bytes: Buffer.copyBytesFrom(piece.bytes) }
    : piece;

/** What of a piece fits into `room` bytes, and what does not. Only between lines is it cut. */
const split = (piece: LogPiece, room: number): { readonly fits?: LogPiece; readonly rest?: LogPiece } => {
  const { bytes, partial } = piece;
  if (bytes.length <= room) return { fits: piece };
  const end = partial || room <= 0 ? 0 : bytes.lastIndexOf(NEWLINE, room - 1) + 1;
  if (end === 0) return { rest: piece };
  return {
    fits: { ...piece, bytes: bytes.subarray(0, end) },
    rest: { ...piece, bytes: bytes.subarray(end) },
  };
};

/** The first message of a piece, and what is behind it. */
const splitFirst = (piece: LogPiece): { readonly fits: LogPiece; readonly rest?: LogPiece } => {
  const end = piece.bytes.indexOf(NEWLINE) + 1;
  if (piece.partial || end === 0 || end === piece.bytes.length) return { fits: piece };
  const { bytes } = piece;
  return {
    fits: { ...piece, bytes: bytes.subarray(0, end) },
    rest: { ...piece, bytes: bytes.subarray(end) },
  };
};

/** What waits for its turn at the target: output, and whoever wants to look at the log at this point of it. */
type Waiting = LogPiece | Look;

/** Output that waits for its target: bounded by bytes, the newest goes when it is full; one message always fits. */
class PieceQueue {
  readonly #limit: number;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Gives what did not fit. */
  push(piece: LogPiece): LogPiece | undefined {
    const room = this.#limit - this.#bytes;
    const cut = split(piece, room);
    const { fits, rest } = cut.fits || this.#bytes > 0 ? cut : splitFirst(piece);
    if (fits) {
      this.#bytes += fits.bytes.length;
      this.#waiting.push(detached(fits));
    }
    return rest;
  }

  mark(look: Look): void {
    this.#waiting.push(look);
  }

  shift(): Waiting | undefined {
    const next = this.#waiting.shift();
    if (typeof next === 'object') this.#bytes -= next.bytes.length;
    return next;
  }

  /** The output that waits. */
  drain(): readonly LogPiece[] {
    this.#bytes = 0;
    return this.#waiting.splice(0).filter((each) => typeof each === 'object');
  }
}

/** `mode=non-blocking`: who writes never waits; at most `limit` bytes wait for the target, what comes on top is lost. */
export const createRing = (target: LogTarget, limit: number, options: DeliveryOptions): Delivery => {
  const { patience, onLoss } = options;
  const queue = new PieceQueue(limit);
  let running: Promise<void> | undefined;

  const handOver = (next: Waiting): Promise<void> | undefined =>
    typeof next === 'object' ? hand(target, next, onLoss) : next();
  const run = async (taken: Promise<void>): Promise<void> => {
    await taken;
    for (let next = queue.shift(); next; next = queue.shift()) await handOver(next);
    running = undefined;
  };
  return {
    write: (piece) => {
      if (running) {
        const rest = queue.push(piece);
        if (rest) onLoss(full(), [rest]);
        return undefined;
      }
      const taken = hand(target, piece, onLoss);
      running = taken && run(taken);
      return undefined;
    },
    mark: (look) => {
      if (running) queue.mark(look);
      else running = run(look());
      return undefined;
    },
    [Symbol.asyncDispose]: async () => {
      if (running) await within(running, patience);
      const left = queue.drain();
      if (left.length > 0) onLoss(full(), left);
      await closeTarget(target, options);
    },
  };
};
