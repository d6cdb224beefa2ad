// SPDX-License-Identifier: Apache-2.0
import { open, row, tested, type Section } from '../../coverage/row.ts';

const FAULTS = 'test/integration/networks/plugin-faults.test.ts';
const DRIVER = 'test/integration/networks/remote-driver.test.ts';
const IPAM = 'test/integration/networks/remote-ipam.test.ts';

/** Network and IPAM drivers by the protocol of plugins. */
export const remoteDriverSection: Section = {
  title: 'Remote drivers',
  rows: [
    row('network: plugin found', 'by socket, spec file and json file'),
    tested(
      'network: plugin missing',
      '404, at once where dockerd waits for 15 seconds',
      FAULTS,
      'what is no plugin, or no such plugin, is told of at once',
    ),
    row('network: plugin GetCapabilities', 'scope'),
    row('network: plugin CreateNetwork and DeleteNetwork', 'options and subnets'),
    row('network: plugin CreateEndpoint and DeleteEndpoint', 'addresses given or wanted'),
    row('network: plugin EndpointOperInfo', ''),
    row('network: plugin Join and Leave', 'interface, gateway, static routes'),
    row('network: plugin ProgramExternalConnectivity', 'and Revoke'),
    open(
      'network: plugin DiscoverNew and DiscoverDelete',
      'nodes that come and go',
      'nodes are those of a cluster, which is not built yet',
    ),
    row('network: plugin errors', '`remote: <message>`, `<Method>: <message>`'),
    tested(
      'network: plugin that hangs',
      'fails, and holds up nobody else',
      FAULTS,
      'a plugin that hangs holds up nobody else, and what it got is taken back',
    ),
    tested(
      'network: plugin over a restart of the daemon',
      'networks and endpoints stay; a plugin that was down hears later what it missed',
      DRIVER,
      'a killed daemon comes back to its networks and endpoints, whether or not the plugin is up',
    ),
    tested(
      'network: ipam plugin over a restart of the daemon',
      'RequiresRequestReplay: it is asked again for all that it gave',
      IPAM,
      'a plugin that forgets is asked again for all that it gave, when the daemon comes back',
    ),
    row('network: ipam plugin GetCapabilities', 'RequiresMACAddress, RequiresRequestReplay'),
    row('network: ipam plugin GetDefaultAddressSpaces', ''),
    row('network: ipam plugin RequestPool and ReleasePool', ''),
    row('network: ipam plugin RequestAddress and ReleaseAddress', 'gateways by RequestAddressType'),
    row('network: ipam plugin errors', 'undo what was made'),
  ],
};
