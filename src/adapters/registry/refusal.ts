// SPDX-License-Identifier: Apache-2.0
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { RegistryError, registryError } from '../../spec/registry-error.ts';
import { readWhole } from './http.ts';

/** The longest error body that is read (bytes). */
const LONGEST = 64 * 1024;

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  429: 'TOOMANYREQUESTS',
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

interface ErrorBody {
  readonly errors?: readonly { readonly code?: unknown; readonly message?: unknown }[];
  /** What some token servers write in place of `errors`. */
  readonly details?: unknown;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a registry meant by an answer that is no success. */
export const refusalOf = (status: number, body: string): RegistryError => {
  const json = (parse(body) ?? {}) as ErrorBody;
  const first = Array.isArray(json.errors) ? json.errors[0] : undefined;
  const code = textOf(first?.code);
  if (code !== '') return registryError(code, textOf(first?.message), status);
  const fallback = BY_STATUS[status];
  const details = textOf(json.details);
  if (fallback !== undefined && details !== '') return registryError(fallback, details, status);
  if (status === 401) return registryError('UNAUTHORIZED', 'authentication required', status);
  if (status === 403) return registryError('DENIED', 'requested access to the resource is denied', status);
  const phrase = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  return new RegistryError(fallback ?? '', `received unexpected HTTP status: ${phrase}`, status);
};

/** Reads the refusal out of an answer. */
export const readRefusal = async (response: IncomingMessage, signal: AbortSignal): Promise<RegistryError> => {
  const body = await readWhole(response, LONGEST, signal).catch(() => Buffer.alloc(0));
  signal.throwIfAborted();
  return refusalOf(response.statusCode ?? 0, body.toString('utf8'));
};
