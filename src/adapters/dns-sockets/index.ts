// SPDX-License-Identifier: Apache-2.0
export type {
  DnsConversation,
  DnsConversationEvents,
  DnsListener,
  DnsPlace,
  DnsServer,
  DnsService,
  DnsSockets,
  DnsTransport,
} from './dns-sockets.ts';
export { createDnsSockets } from './kernel.ts';
