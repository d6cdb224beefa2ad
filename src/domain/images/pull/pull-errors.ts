// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { formatPlatform, type Platform } from '../../../spec/platform.ts';
import { familiarName, familiarReference, type Reference } from '../../../spec/reference.ts';
import { RegistryError } from '../../../spec/registry-error.ts';

/** A refusal in the words that clients know, by its code. Source: images.md §4.6. */
export const translatePullError = (error: unknown, reference: Reference): unknown => {
  if (!(error instanceof RegistryError)) return error;
  const name = familiarName(reference);
  const texts: Readonly<Record<string, string>> = {
    DENIED: `pull access denied for ${name}, repository does not exist or may require 'docker login'`,
    UNAUTHORIZED: `pull access denied for ${name}, repository does not exist or may require 'docker login'`,
    MANIFEST_UNKNOWN: `manifest for ${familiarReference(reference)} not found`,
    NAME_UNKNOWN: `repository ${name} not found`,
  };
  const text = texts[error.code];
  return text === undefined
    ? error
    : new EngineError('not-found', `${text}: ${error.message}`, { cause: error });
};

export const obsoleteManifest = (reference: Reference): EngineError =>
  new EngineError(
    'invalid-argument',
    `Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed. Suggest the author of ${familiarReference(reference)} to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2. More information at https://docs.docker.com/go/deprecated-image-specs/`,
  );

export const noMatchingManifest = (platform: Platform): EngineError =>
  new EngineError(
    'not-found',
    `no matching manifest for ${formatPlatform(platform)} in the manifest list entries`,
  );
