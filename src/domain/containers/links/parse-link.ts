// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { EngineError } from '../../../base/errors.ts';

/** A link as a client asks for it: a container by name or id, and what the parent calls it. */
export interface LinkRequest {
  readonly name: string;
  readonly alias: string;
}

/**
 * `name`, `name:alias`, or the form in which `inspect` shows a link (`/child:/parent/alias`), since clients create
 * containers from what they have inspected. @throws internal, as dockerd has it
 */
export const parseLink = (text: string): LinkRequest => {
  if (text === '') throw new EngineError('internal', 'empty string specified for links');
  const [name = '', alias = name, ...rest] = text.split(':');
  if (rest.length > 0) throw new EngineError('internal', `bad format for links: ${text}`);
  if (name.startsWith('/') && alias !== name) return { name: name.slice(1), alias: posix.basename(alias) };
  return { name, alias };
};
