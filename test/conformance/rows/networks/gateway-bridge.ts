// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../../coverage/row.ts';

const GATEWAY = 'test/integration/networks/gateway-bridge.test.ts';
const OVERLAY = 'test/integration/networks/overlay.test.ts';

/** The way out of containers whose networks have none. */
export const gatewayBridgeSection: Section = {
  title: 'Gateway bridge: `docker_gwbridge`',
  rows: [
    row(
      'network: docker_gwbridge made on first need',
      'a bridge without icc, for who is in no network with a gateway',
    ),
    row(
      'network: docker_gwbridge shown',
      'as a network with endpoints `gateway_<sandbox>`, not among the networks of a container',
    ),
    row('network: docker_gwbridge ports', 'published by it; conflicts are told of `GW Network`'),
    row('network: docker_gwbridge follows the need', 'while a container runs'),
    row('network: docker_gwbridge of a user', 'taken as it is'),
    row('network: docker_gwbridge events', 'none of its endpoints, none of its making'),
    row('network: docker_gwbridge removed and pruned', 'as any other, while nobody is there'),
    row(
      'network: docker_gwbridge not needed',
      'internal networks, `DisableGatewayService`, default routes of plugins',
    ),
    tested(
      'network: docker_gwbridge way out',
      'containers reach what is outside, and are reached at their ports',
      GATEWAY,
      'a container whose plugin names no gateway gets out, and is reached at its published ports',
    ),
    tested(
      'network: docker_gwbridge isolation',
      'containers do not reach each other by it',
      GATEWAY,
      'containers do not reach each other by it, nor does anybody else',
    ),
    tested(
      'network: docker_gwbridge after a crash',
      'endpoints and ports stay, and follow the need',
      GATEWAY,
      'it outlives a killed daemon, and follows the need with the next one',
    ),
    tested(
      'network: docker_gwbridge and users',
      'who connects to it takes the place of the engine’s endpoint; where dockerd breaks, 500 or 404 changes nothing',
      GATEWAY,
      'it is the engine’s: users neither take it away nor get in its way',
    ),
    tested(
      'network: docker_gwbridge of overlay networks',
      'theirs too, with published ports; not of those whose router is named',
      OVERLAY,
      'lead out by docker_gwbridge, which publishes ports too, unless another network leads out',
    ),
  ],
};
