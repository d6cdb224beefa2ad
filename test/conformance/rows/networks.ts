// SPDX-License-Identifier: Apache-2.0
import type { CoverageDocument } from '../coverage/row.ts';
import { bridgeSection } from './networks/bridge.ts';
import { createSection } from './networks/create.ts';
import { daemonKeySection } from './networks/daemon-keys.ts';
import { driverSection } from './networks/drivers.ts';
import { endpointSection } from './networks/endpoints.ts';
import { firewallSection } from './networks/firewall.ts';
import { gatewayBridgeSection } from './networks/gateway-bridge.ts';
import { inspectSection } from './networks/inspect.ts';
import { ipamSection } from './networks/ipam.ts';
import { membershipSection } from './networks/membership.ts';
import { nameResolutionSection } from './networks/names.ts';
import { networkPitfallSection } from './networks/pitfalls.ts';
import { portSection } from './networks/ports.ts';
import { remoteDriverSection } from './networks/remote.ts';
import { networkEndpoints } from './networks/requests.ts';
import { restoreSection } from './networks/restore.ts';

/**
 * Everything of networks. To add something:
 * - a rule that dockerd 20.10 has, too: `row('network: …', 'what holds')` in a section here, and a conformance step with
 *   `covers: ['network: …']` (or `...covering('network: …', step)`); `newer` and `alone` steps count as well;
 * - one that 20.10 has not, or that no request shows: `tested('network: …', 'what holds', 'test/integration/…/x.test.ts',
 *   'the whole name of the test')`; the page is refused when the file has no test of that name;
 * - what cannot be shown: `open('network: …', 'what holds', 'why')`.
 * Requests (`POST /networks/create`) are covered by the steps that make them. Then `npm run networks:coverage`.
 */
export const networkCoverage: CoverageDocument = {
  title: 'Coverage of networks',
  file: 'docs/network-coverage.md',
  command: 'npm run networks:coverage',
  sections: [
    networkEndpoints,
    createSection,
    bridgeSection,
    ipamSection,
    inspectSection,
    membershipSection,
    endpointSection,
    driverSection,
    remoteDriverSection,
    gatewayBridgeSection,
    nameResolutionSection,
    portSection,
    firewallSection,
    daemonKeySection,
    restoreSection,
    networkPitfallSection,
  ],
};
