// SPDX-License-Identifier: Apache-2.0
import { named, omitEmpty, string, struct } from '../../base/go-json.ts';
import type { RegistryAuth } from '../../domain/images/index.ts';

const authConfig = struct('AuthConfig', {
  username: omitEmpty(string, 'username'),
  password: omitEmpty(string, 'password'),
  auth: omitEmpty(string, 'auth'),
  serverAddress: omitEmpty(string, 'serveraddress'),
  identityToken: omitEmpty(string, 'identitytoken'),
  registryToken: named('registrytoken', string),
});

/** `auth` is `username:password` in base64, as configuration files have it. */
const fromAuth = (auth: string): { readonly username?: string; readonly password?: string } => {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? {} : { username: text.slice(0, colon), password: text.slice(colon + 1) };
};

/** Reads `X-Registry-Auth`: JSON in base64url. What can't be read counts as nothing said, as in Docker. */
export const readRegistryAuth = (header: string): RegistryAuth | undefined => {
  if (header === '') return undefined;
  try {
    const json: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    const { auth, ...given } = authConfig.decode(json, { struct: '', keys: [] });
    const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
    return { ...(auth === '' ? {} : fromAuth(auth)), ...named };
  } catch {
    return undefined;
  }
};
