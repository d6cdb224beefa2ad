// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** As it was written. */
  readonly name: string;
  /** `--name=value` by name; a flag without a value has an empty one. */
  readonly flags: ReadonlyMap<string, string>;
  /** All that follows, without blanks around it. */
  readonly text: string;
}

const FLAG = /^--([a-z][a-z-]*)(?:=(\S*))?(?:\s+|$)/i;

const readInstruction = (joined: string): Instruction => {
  const [, name = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(joined.trim()) ?? [];
  const flags = new Map<string, string>();
  let text = rest;
  for (let match = FLAG.exec(text); match; match = FLAG.exec(text)) {
    flags.set(match[1] ?? '', match[2] ?? '');
    text = text.slice(match[0].length);
  }
  return { name, flags, text: text.trim() };
};

/** Splits a text into instructions: a backslash at a line's end goes on with the next, comments and empty lines are left out. */
export const readInstructions = (source: string): readonly Instruction[] => {
  const found: Instruction[] = [];
  let open: string | undefined;
  for (const line of source.split('\n')) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const goesOn = /(?<!\\)\\[ \t]*$/.test(line);
    open = (open ?? '') + (goesOn ? line.replace(/\\[ \t]*$/, '') : line);
    if (goesOn) continue;
    found.push(readInstruction(open));
    open = undefined;
  }
  if (open !== undefined) found.push(readInstruction(open));
  return found;
};

/** A JSON list of texts; `undefined` for what is none. @throws invalid-argument for a list with anything else in it */
export const readJsonList = (text: string): readonly string[] | undefined => {
  if (!text.startsWith('[')) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(json)) return undefined;
  if (json.every((item): item is string => typeof item === 'string')) return json;
  throw new EngineError(
    'invalid-argument',
    'when using JSON array syntax, arrays must be comprised of strings only',
  );
};
