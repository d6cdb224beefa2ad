// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { type Codec, decodeDocument } from '../../../base/go-json.ts';
import type { Nanoseconds } from '../../../base/time.ts';
import type { Plugin } from '../../plugins/index.ts';

/** A refusal in the plugin's own words. */
export const refusedBy = (text: string): EngineError => new EngineError('internal', `remote: ${text}`);

/**
 * Calls a plugin, and reads its answer.
 * @throws internal `remote: …` for an error that it names, `Method: …` for another status; unavailable when it does not answer
 */
export const askPlugin = async <Answer extends { readonly err?: string; readonly error?: string }>(
  plugin: Plugin,
  method: string,
  body: object,
  answer: Codec<Answer>,
  patience: Nanoseconds,
): Promise<Answer> => {
  const read = decodeDocument(answer, await plugin.call(method, body, patience));
  const text = read.err ?? read.error ?? '';
  if (text !== '') throw refusedBy(text);
  return read;
};
