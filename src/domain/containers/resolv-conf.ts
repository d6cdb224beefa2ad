// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import { parseIp } from '../../spec/ip.ts';

type DnsSettings = Pick<HostConfig, 'dns' | 'dnsSearch' | 'dnsOptions'>;

const has = (list: readonly string[] | undefined): list is readonly string[] =>
  list !== undefined && list.length > 0;

const checkAddress = (address: string): string => {
  if (parseIp(address)) return address;
  throw new EngineError(
    'internal',
    `bad nameserver address ${address}: ParseAddr(${JSON.stringify(address)}): unable to parse IP`,
  );
};

/** `base` (resolv.conf(5)) with the container's own name servers, search list and options instead of its own. @throws internal for a bad address */
export const overrideResolvConf = (base: string, { dns, dnsSearch, dnsOptions }: DnsSettings): string => {
  if (!has(dns) && !has(dnsSearch) && !has(dnsOptions)) return base;
  const replaced = [
    ...(has(dns) ? ['nameserver'] : []),
    ...(has(dnsSearch) ? ['search', 'domain'] : []),
    ...(has(dnsOptions) ? ['options'] : []),
  ];
  const kept = base.split('\n').filter((line) => !replaced.includes(line.split(/\s/, 1)[0] ?? ''));
  while (kept.at(-1) === '') kept.pop();
  // A single dot stands for no search list at all.
  const search = has(dnsSearch) && dnsSearch.join(' ') !== '.' ? [`search ${dnsSearch.join(' ')}`] : [];
  return [
    ...kept,
    ...(has(dns) ? dns.map((address) => `nameserver ${checkAddress(address)}`) : []),
    ...search,
    ...(has(dnsOptions) ? [`options ${dnsOptions.join(' ')}`] : []),
    '',
  ].join('\n');
};
