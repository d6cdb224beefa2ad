// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import { milliseconds } from '../../base/time.ts';
import type { Exchange } from '../exchange.ts';

/** How long the rest of a refused body is received. */
const LINGER = milliseconds(500);

/** Runs what reads a request's body. When it fails early the rest is received: a client that is still sending never reads why. */
export const skippingRest = async <Value>(
  exchange: Pick<Exchange, 'skipBody'>,
  work: () => Promise<Value>,
): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    await within(
      exchange.skipBody().catch(() => undefined),
      LINGER,
    );
    throw error;
  }
};
