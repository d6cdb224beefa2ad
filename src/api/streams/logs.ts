// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatRfc3339Fixed } from '../../base/time.ts';
import type { LogLine } from '../../domain/logs/index.ts';
import type { Exchange } from '../exchange.ts';
import { outputType } from './media-type.ts';
import { OutputWriter } from './output-writer.ts';

export interface LogFormat {
  readonly tty: boolean;
  readonly timestamps: boolean;
  /** Attributes before each line, sorted and escaped as in a query. */
  readonly details: boolean;
}

/** `k=v,k2=v2 `, with Go's escaping: a space is `+`. */
const detailsText = (attributes: LogLine['attributes']): string => {
  const pairs = Object.entries(attributes ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const escape = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);
  return `${pairs.map(([key, value]) => `${escape(key)}=${escape(value)}`).join(',')} `;
};

const prefixOf = (line: LogLine, { timestamps, details }: LogFormat): string | undefined => {
  if (!timestamps && !details) return undefined;
  return (
    (timestamps ? `${formatRfc3339Fixed(line.at)} ` : '') + (details ? detailsText(line.attributes) : '')
  );
};

/** Sends log lines, each in a frame of its own or raw. What fails before the first line has a status. */
export const sendLogs = async (
  exchange: Exchange,
  lines: AsyncIterable<LogLine>,
  format: LogFormat,
): Promise<void> => {
  const iterator = lines[Symbol.asyncIterator]();
  const first = iterator.next();
  // A driver that can't be read says so at once. Lines may take for ever, and the head does not wait for them.
  await Promise.race([first, nextTurn()]);
  const sink = exchange.stream(outputType(format.tty, exchange.api), { flush: true });
  const writer = new OutputWriter(sink, !format.tty);
  try {
    for (let step = await first; !step.done; step = await iterator.next()) {
      const held = writer.write(step.value.stream, step.value.text, prefixOf(step.value, format));
      if (held) await held;
    }
  } finally {
    await iterator.return?.();
  }
  writer.flush();
  sink.end();
};
