// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../base/errors.ts';
import type { Progress } from '../../domain/images/index.ts';
import type { Exchange } from '../exchange.ts';
import { errorLine, progressBody } from '../wire/progress.ts';
import { JsonLines } from './json-lines.ts';

/**
 * Sends the progress of an operation as JSON lines. An error before the first line is thrown, so that it gets a status,
 * unless `errorsInStream`; a later one becomes the last line.
 */
export const sendProgress = async (
  exchange: Exchange,
  steps: AsyncIterable<Progress>,
  options: { readonly errorsInStream?: boolean } = {},
): Promise<void> => {
  let lines = options.errorsInStream ? openLines(exchange) : undefined;
  try {
    for await (const step of steps) {
      lines ??= openLines(exchange);
      await lines.write(progressBody(step));
    }
  } catch (error) {
    if (!lines || exchange.isGone) throw error;
    await lines.write(errorLine(messageOf(error)));
  }
  (lines ?? openLines(exchange)).end();
};

const openLines = (exchange: Exchange): JsonLines =>
  new JsonLines(exchange.stream('application/json', { flush: false }), '\r\n');
