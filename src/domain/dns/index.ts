// SPDX-License-Identifier: Apache-2.0
export { createDns } from './dns.ts';
export type { DnsDeps, DnsRoom } from './dns.ts';
