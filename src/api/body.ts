// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import { type Codec, decodeDocument } from '../base/go-json.ts';
import { scanJson } from '../base/go-json-syntax.ts';

/** The longest JSON or form body taken (bytes): a create body with an inlined seccomp profile is a tenth of a percent of it. */
export const LONGEST_BODY = 16 * 1024 * 1024;

/** What of a request's head decides how its body is read. */
export interface BodyHead {
  readonly contentType: string;
  /** `undefined` for a chunked body. */
  readonly contentLength: number | undefined;
}

const refuse = (message: string): EngineError => new EngineError('invalid-argument', message);

const MEDIA_TYPE = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)?\s*(;.*)?$/;

/** @throws invalid-argument when a body that must be JSON says that it is something else */
export const requireJson = ({ contentType, contentLength }: BodyHead): void => {
  if (contentType === '' && contentLength === 0) return;
  const type = contentType.trim();
  const match = MEDIA_TYPE.exec(type);
  if (!match || type === '') {
    const why =
      type === '' || type.startsWith(';') ? 'no media type' : 'unexpected content after media subtype';
    throw refuse(`malformed Content-Type header (${contentType}): mime: ${why}`);
  }
  const media = `${match[1]}${match[2] ?? ''}`.toLowerCase();
  if (media !== 'application/json')
    throw refuse(`unsupported Content-Type header (${contentType}): must be 'application/json'`);
};

/** Reads a whole body. @throws invalid-argument when it is longer than `LONGEST_BODY`, before reading it where its length is told */
export const readBody = async (head: BodyHead, chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const tooLarge = (): EngineError =>
    refuse(`http: request body too large (the limit is ${LONGEST_BODY} bytes)`);
  if ((head.contentLength ?? 0) > LONGEST_BODY) throw tooLarge();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.byteLength;
    if (length > LONGEST_BODY) throw tooLarge();
    parts.push(chunk);
  }
  return Buffer.concat(parts, length).toString('utf8');
};

/** The value that a JSON text holds; `undefined` when there is none. @throws invalid-argument in Go's words */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const scan = scanJson(text);
    if (scan.kind === 'empty') return undefined;
    if (scan.kind === 'fault')
      throw new EngineError('invalid-argument', `invalid JSON: ${scan.message}`, { cause });
    throw new EngineError('invalid-argument', 'unexpected content after JSON', { cause });
  }
};

/** Decodes a JSON value. @throws invalid-argument `invalid JSON: json: cannot unmarshal …` */
export const decodeBody = <Value>(codec: Codec<Value>, json: unknown): Value => {
  try {
    return decodeDocument(codec, json);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(error.kind, `invalid JSON: ${error.message}`, { cause: error });
  }
};

/** The text that a client gets for a body that must be there and is not. */
export const emptyBody = (): EngineError => refuse('invalid JSON: got EOF while reading request body');
