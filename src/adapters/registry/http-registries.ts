// SPDX-License-Identifier: Apache-2.0
import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Repository } from '../../spec/reference.ts';
import { readCertificates, systemAuthorities } from './certificates.ts';
import { chooseEndpoints } from './endpoints.ts';
import { createSend } from './http.ts';
import type { LookUp } from './insecure.ts';
import type {
  Registries,
  RegistryAccess,
  RegistryEndpoint,
  RegistrySession,
  RegistrySettings,
} from './registry.ts';
import { HttpRegistrySession } from './session.ts';

export interface RegistriesOptions {
  /** How we name ourselves to registries. */
  readonly userAgent: string;
  /** `/etc/docker/certs.d`: a directory for each `host[:port]` with its own authorities or client certificates. */
  readonly certificateDirectory: string;
  /** Variables that name proxies (`HTTPS_PROXY`, `NO_PROXY` …). */
  readonly proxyEnvironment?: Readonly<Record<string, string>>;
}

/** A host without addresses is no error here: the request to it will be one. */
const lookUp: LookUp = async (host) => {
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => address);
  } catch {
    return [];
  }
};

/** Registries over HTTP. */
class HttpRegistries implements Registries {
  readonly #options: RegistriesOptions;

  constructor(options: RegistriesOptions) {
    this.#options = options;
  }

  endpoints(domain: string, settings: RegistrySettings): Promise<readonly RegistryEndpoint[]> {
    return chooseEndpoints(domain, settings, lookUp);
  }

  async open(
    endpoint: RegistryEndpoint,
    repository: Repository,
    access: RegistryAccess,
  ): Promise<RegistrySession> {
    const proxy = { keepAlive: true, proxyEnv: { ...this.#options.proxyEnvironment } };
    const plain = new HttpAgent(proxy);
    const secured = new HttpsAgent({ ...proxy, ...(await this.#tls(endpoint)) });
    const close = (): void => {
      plain.destroy();
      secured.destroy();
    };
    const send = createSend((url) => (url.protocol === 'https:' ? secured : plain));
    const deps = { send, userAgent: this.#options.userAgent, close };
    const session = new HttpRegistrySession(deps, endpoint, repository, access);
    try {
      await session.ping(access.signal);
      return session;
    } catch (error) {
      close();
      throw error;
    }
  }

  async #tls(endpoint: RegistryEndpoint): Promise<object> {
    const url = new URL(endpoint.url);
    if (url.protocol !== 'https:') return {};
    if (!endpoint.verifiesCertificate) return { rejectUnauthorized: false };
    const { ca, pairs } = await readCertificates(this.#options.certificateDirectory, url.host);
    return {
      ca: [...systemAuthorities(), ...ca],
      cert: pairs.map(({ cert }) => cert),
      key: pairs.map(({ key }) => key),
    };
  }
}

/** Registries as the network has them. */
export const createRegistries = (options: RegistriesOptions): Registries => new HttpRegistries(options);
