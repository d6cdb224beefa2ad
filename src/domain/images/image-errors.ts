// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { formatPlatform, type Platform } from '../../spec/platform.ts';

/** `reference` in its familiar form, with the default tag; ids as they were given. */
export const noSuchImage = (reference: string): EngineError =>
  new EngineError('not-found', `No such image: ${reference}`);

export const wrongPlatform = (reference: string, found: Platform, wanted: Platform): EngineError =>
  new EngineError('not-found', wrongPlatformText(reference, found, wanted));

export const wrongPlatformText = (reference: string, found: Platform, wanted: Platform): string =>
  `image with reference ${reference} was found but its platform (${formatPlatform(found)}) does not match the specified platform (${formatPlatform(wanted)})`;
