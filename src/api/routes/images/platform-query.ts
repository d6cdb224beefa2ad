// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../../base/errors.ts';
import { decodeDocument, named, omitEmpty, string, struct } from '../../../base/go-json.ts';
import { normalizePlatform, type Platform } from '../../../spec/platform.ts';
import { parseJson } from '../../body.ts';

/** A platform in the words of the OCI image spec. */
const ociPlatform = struct('Platform', {
  architecture: named('architecture', string),
  os: named('os', string),
  osVersion: omitEmpty(string, 'os.version'),
  variant: omitEmpty(string, 'variant'),
});

const refuse = (message: string, cause?: unknown): EngineError =>
  new EngineError('invalid-argument', message, { cause });

/** Reads a platform in JSON, as the images' endpoints take it. @throws invalid-argument in Docker's words */
export const readPlatform = (text: string): Platform => {
  const { os, architecture, osVersion, variant } = decode(text);
  if (os === '' || architecture === '') throw refuse('both OS and Architecture must be provided');
  return normalizePlatform({
    os,
    architecture,
    ...(osVersion === '' ? {} : { osVersion }),
    ...(variant === '' ? {} : { variant }),
  });
};

const decode = (text: string): ReturnType<typeof ociPlatform.decode> => {
  try {
    return decodeDocument(ociPlatform, parseJson(text));
  } catch (cause) {
    throw refuse(`failed to parse platform: ${messageOf(cause).replace(/^invalid JSON: /, '')}`, cause);
  }
};
