// SPDX-License-Identifier: Apache-2.0
import type {
  Registries,
  RegistryAccess,
  RegistryEndpoint,
  RegistrySession,
  RegistrySettings,
} from '../../../adapters/registry/index.ts';
import type { Reference } from '../../../spec/reference.ts';
import { RegistryError } from '../../../spec/registry-error.ts';

/** A session, and what its endpoint answered first. */
export interface Source<First> {
  readonly session: RegistrySession;
  readonly first: First;
}

const tryEndpoint = async <First>(
  registries: Registries,
  endpoint: RegistryEndpoint,
  reference: Reference,
  access: RegistryAccess,
  ask: (session: RegistrySession) => Promise<First>,
): Promise<Source<First>> => {
  const session = await registries.open(endpoint, reference, access);
  try {
    return { session, first: await ask(session) };
  } catch (error) {
    session[Symbol.dispose]();
    throw error;
  }
};

/** A refusal is an answer: whoever gave it is the registry. From a mirror it only means that others must be asked. */
const isAnswer = (error: unknown, endpoint: RegistryEndpoint): boolean =>
  error instanceof RegistryError && !endpoint.isMirror;

/** Asks one endpoint after the other until one answers. @throws what the last one failed with */
export const openSource = async <First>(
  registries: Registries,
  settings: RegistrySettings,
  reference: Reference,
  access: RegistryAccess,
  ask: (session: RegistrySession) => Promise<First>,
): Promise<Source<First>> => {
  let failure: unknown;
  for (const endpoint of await registries.endpoints(reference.domain, settings)) {
    try {
      return await tryEndpoint(registries, endpoint, reference, access, ask);
    } catch (error) {
      access.signal.throwIfAborted();
      if (isAnswer(error, endpoint)) throw error;
      failure = error;
    }
  }
  throw failure;
};
