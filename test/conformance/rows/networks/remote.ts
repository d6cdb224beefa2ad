// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** Network and IPAM drivers by the protocol of plugins. */
export const remoteDriverSection: Section = {
  title: 'Remote drivers',
  rows: [
    row('network: plugin found', 'by socket, spec file and json file'),
    row('network: plugin missing', '404 after retries'),
    row('network: plugin GetCapabilities', 'scope'),
    row('network: plugin CreateNetwork and DeleteNetwork', 'options and subnets'),
    row('network: plugin CreateEndpoint and DeleteEndpoint', 'addresses given or wanted'),
    row('network: plugin EndpointOperInfo', ''),
    row('network: plugin Join and Leave', 'interface, gateway, static routes'),
    row('network: plugin ProgramExternalConnectivity', 'and Revoke'),
    row('network: plugin DiscoverNew and DiscoverDelete', ''),
    row('network: plugin errors', '`<Method>: <message>`'),
    row('network: plugin that hangs', 'fails, and holds up nobody else'),
    row('network: plugin over a restart of the daemon', 'networks and endpoints stay'),
    row('network: ipam plugin GetCapabilities', 'RequiresMACAddress, RequiresRequestReplay'),
    row('network: ipam plugin GetDefaultAddressSpaces', ''),
    row('network: ipam plugin RequestPool and ReleasePool', ''),
    row('network: ipam plugin RequestAddress and ReleaseAddress', 'gateways by RequestAddressType'),
    row('network: ipam plugin errors', 'undo what was made'),
  ],
};
