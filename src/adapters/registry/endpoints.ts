// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { isInsecure, type LookUp } from './insecure.ts';
import type { RegistryEndpoint, RegistrySettings } from './registry.ts';

/** The registry behind `docker.io`. */
const DOCKER_HUB = 'https://registry-1.docker.io';

const endpoint = (url: string, verifiesCertificate: boolean, isMirror = false): RegistryEndpoint => ({
  url: url.replace(/\/+$/, ''),
  isMirror,
  verifiesCertificate,
});

/** `host[:port]` without its port; an IPv6 address without its brackets. */
export const hostNameOf = (domain: string): string => {
  if (domain.startsWith('[')) return domain.slice(1, domain.indexOf(']'));
  return isIP(domain) === 0 ? domain.replace(/:\d+$/, '') : domain;
};

/** Mirrors before docker.io; https, and for an insecure registry any certificate, then http. */
export const chooseEndpoints = async (
  domain: string,
  { mirrors, insecureRegistries }: RegistrySettings,
  lookUp: LookUp,
): Promise<readonly RegistryEndpoint[]> => {
  const insecure = (host: string): Promise<boolean> =>
    isInsecure(host, hostNameOf(host), insecureRegistries, lookUp);
  if (domain !== 'docker.io') {
    const loose = await insecure(domain);
    const secured = endpoint(`https://${domain}`, !loose);
    return loose ? [secured, endpoint(`http://${domain}`, false)] : [secured];
  }
  const copies = mirrors.map(async (url) => endpoint(url, !(await insecure(new URL(url).host)), true));
  return [...(await Promise.all(copies)), endpoint(DOCKER_HUB, true)];
};
