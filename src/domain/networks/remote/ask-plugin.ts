// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind, messageOf } from '../../../base/errors.ts';
import { type Codec, decodeDocument } from '../../../base/go-json.ts';
import type { Plugin, PluginCall } from '../../plugins/index.ts';

/** A refusal in the plugin's own words. */
const refusedBy = (text: string): EngineError => new EngineError('internal', `remote: ${text}`);

/** Nobody answered: whether the plugin has done it is not known. */
class Unanswered extends EngineError {
  constructor(cause: unknown) {
    super('internal', messageOf(cause), { cause });
  }
}

/** Whether a call failed without an answer: what it asked for may have been done. */
export const isUnanswered = (error: unknown): boolean => error instanceof Unanswered;

const call = async (plugin: Plugin, method: string, body: object, options: PluginCall): Promise<unknown> => {
  try {
    return await plugin.call(method, body, options);
  } catch (error) {
    // Docker answers 500 here, where another engine's part that is down gives 503.
    throw isKind(error, 'unavailable') ? new Unanswered(error) : error;
  }
};

/**
 * Calls a plugin, and reads its answer.
 * @throws internal `remote: …` for an error that it names, `Method: …` for another status, `Post "…": …` when it does not answer
 */
export const askPlugin = async <Answer extends { readonly err?: string; readonly error?: string }>(
  plugin: Plugin,
  method: string,
  body: object,
  answer: Codec<Answer>,
  options: PluginCall,
): Promise<Answer> => {
  const read = decodeDocument(answer, await call(plugin, method, body, options));
  const text = read.err ?? read.error ?? '';
  if (text !== '') throw refusedBy(text);
  return read;
};
