// SPDX-License-Identifier: Apache-2.0
import { EngineError, type ErrorKind } from '../base/errors.ts';

/** Kinds of the codes that registries answer with; a code that is not here is `internal`. Source: OCI distribution-spec, "Error Codes". */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  UNAUTHORIZED: 'unauthorized',
  DENIED: 'forbidden',
  NAME_UNKNOWN: 'not-found',
  MANIFEST_UNKNOWN: 'not-found',
  BLOB_UNKNOWN: 'not-found',
  NAME_INVALID: 'invalid-argument',
  TAG_INVALID: 'invalid-argument',
  UNSUPPORTED: 'invalid-argument',
  TOOMANYREQUESTS: 'unavailable',
  UNAVAILABLE: 'unavailable',
};

/** What a registry said no with. */
export class RegistryError extends EngineError {
  /** `MANIFEST_UNKNOWN`, `DENIED` …; empty when the answer had none. */
  readonly code: string;
  /** The HTTP status of the answer. */
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(KINDS[code] ?? 'internal', message);
    this.code = code;
    this.status = status;
  }
}

/** `code: message`, as Docker shows a registry's refusal: `manifest unknown: manifest unknown`. */
export const registryError = (code: string, message: string, status: number): RegistryError =>
  new RegistryError(code, `${code.toLowerCase().replaceAll('_', ' ')}: ${message}`, status);
