// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { type ApiOptions, type Step, api, cli, custom, newer, rewrite } from '../step.ts';

/** Parts that steps about networks are made of. */

/** `POST /networks/create`. */
export const createNetwork = (name: string, body: object, options: ApiOptions = {}): Step =>
  api(name, 'POST', '/networks/create', { body, ...options });

/** The step with what 28.5 tells of a network and 20.10 does not. */
export const newerShape = (step: Step): Step =>
  newer(step, 'IPv4 can be told of', (oracle: Json) =>
    rewrite(oracle, (record) => ('EnableIPv6' in record ? { ...record, EnableIPv4: true } : record)),
  );

export const inspectNetwork = (name: string, network: string): Step =>
  newerShape(api(name, 'GET', `/networks/${network}`));

/** Refused as 28.5 does, whatever 20.10 makes of it. */
export const saidBy28 = (step: Step, status: number, message: string): Step =>
  newer(step, '28.5 says it in these words', () => ({
    status,
    type: 'application/json',
    body: { message },
  }));

/** A network that is not made, in the words of 28.5. */
export const refusedNetwork = (name: string, body: object, status: number, message: string): Step =>
  saidBy28(createNetwork(name, body), status, message);

export const connectNetwork = (name: string, network: string, body: object): Step =>
  api(name, 'POST', `/networks/${network}/connect`, { body });

export const disconnectNetwork = (name: string, network: string, body: object): Step =>
  api(name, 'POST', `/networks/${network}/disconnect`, { body });

/** A container that sleeps. */
export const runIn = (container: string, network: string, ...args: readonly string[]): Step =>
  cli(`${container} runs`, [
    ...`run -d --name ${container} --network ${network} --stop-signal KILL`.split(' '),
    ...args,
    'busybox',
    'sleep',
    '600',
  ]);

/** What a shell in a container says, with white space as single blanks. */
export const within = (
  name: string,
  container: string,
  script: string,
  rules: readonly (readonly [RegExp, string])[] = [],
): Step =>
  cli(name, ['exec', container, 'sh', '-c', script], { rules: [[/[ \t]+/g, ' '], [/ +$/gm, ''], ...rules] });

export const removed = (...containers: readonly string[]): Step =>
  cli(`${containers.join(' and ')} removed`, ['rm', '-f', ...containers], { sort: true });

type Networks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Networks of a container, as `tell` sees each of them. */
export const networksOf = (
  name: string,
  container: string,
  tell: (endpoint: Networks[string]) => unknown,
): Step =>
  custom(name, async ({ engine }) => {
    const { json } = await engine.request('GET', `/v1.41/containers/${container}/json`);
    const { Networks } = (json as { readonly NetworkSettings: { readonly Networks: Networks } })
      .NetworkSettings;
    return Object.fromEntries(Object.entries(Networks).map(([network, one]) => [network, tell(one)]));
  });

/** Addresses of an endpoint, which the masks of steps would hide: in the networks of steps they are known. */
export const addressesIn = (endpoint: Networks[string]): unknown => ({
  four: `${String(endpoint['IPAddress'])}/${String(endpoint['IPPrefixLen'])} by ${String(endpoint['Gateway'])}`,
  six: `${String(endpoint['GlobalIPv6Address'])}/${String(endpoint['GlobalIPv6PrefixLen'])} by ${String(endpoint['IPv6Gateway'])}`,
  hasEndpoint: endpoint['EndpointID'] !== '',
  hasNetwork: endpoint['NetworkID'] !== '',
  hasMacAddress: endpoint['MacAddress'] !== '',
});

/** Names of networks that are listed under filters. */
export const listedUnder = (name: string, filters: object): Step =>
  custom(name, async ({ engine }) => {
    const query = encodeURIComponent(JSON.stringify(filters));
    const { json } = await engine.request('GET', `/v1.41/networks?filters=${query}`);
    if (!Array.isArray(json)) return json;
    return (json as readonly { readonly Name: string }[]).map(({ Name }) => Name).toSorted();
  });

/** Takes away what steps have made, for those of other groups. */
export const allRemoved: Step = custom('what was made is removed', async ({ engine }) => {
  const list = ['network', 'ls', '-q', '--filter', 'type=custom'];
  const ids = (await engine.docker(list)).stdout.split('\n').filter(Boolean);
  if (ids.length > 0) await engine.docker(['network', 'rm', ...ids]);
  return (await engine.docker(list)).stdout;
});
