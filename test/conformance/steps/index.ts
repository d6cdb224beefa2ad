// SPDX-License-Identifier: Apache-2.0
import type { StepGroup } from '../step.ts';
import { attachSteps } from './attach.ts';
import { copySteps } from './copy.ts';
import { cornerSteps } from './corners.ts';
import { createSteps } from './create.ts';
import { detailSteps } from './details.ts';
import { dnsSteps } from './dns.ts';
import { eventSteps } from './events.ts';
import { execStreamSteps } from './exec-streams.ts';
import { execSteps } from './exec.ts';
import { fieldSteps } from './fields.ts';
import { filterSteps } from './filters.ts';
import { gatewayBridgeSteps } from './gateway-bridge.ts';
import { healthSteps } from './health.ts';
import { hostConfigSteps } from './host-config.ts';
import { imageSteps } from './images.ts';
import { inspectSteps } from './inspect.ts';
import { lifecycleSteps } from './lifecycle.ts';
import { linkSteps } from './links.ts';
import { listSteps } from './list.ts';
import { logDriverSteps } from './log-drivers.ts';
import { logTargetSteps } from './log-targets.ts';
import { logsSteps } from './logs.ts';
import { macvlanSteps } from './macvlan.ts';
import { modeSteps } from './modes.ts';
import { mountSteps } from './mounts.ts';
import { networkPluginSteps } from './network-plugins.ts';
import { networkSteps } from './network.ts';
import { userNetworkSteps } from './networks.ts';
import { networkAddressSteps } from './networks-addresses.ts';
import { networkFirewallSteps } from './networks-firewall.ts';
import { oddNetworkSteps } from './networks-odd.ts';
import { networkInspectSteps } from './networks-inspect.ts';
import { networkConnectSteps } from './networks-connect.ts';
import { networkCreateSteps } from './networks-create.ts';
import { pitfallSteps } from './pitfalls.ts';
import { portSteps } from './ports.ts';
import { probeSteps } from './probes.ts';
import { registrySteps } from './registry.ts';
import { resourceSteps } from './resources.ts';
import { restartSteps } from './restart.ts';
import { runSteps } from './run.ts';
import { startSteps } from './starts.ts';
import { stateSteps } from './states.ts';
import { streamSteps } from './streams.ts';
import { systemSteps } from './system.ts';
import { verbSteps } from './verbs.ts';
import { versionSteps } from './versions.ts';
import { volumeMountSteps } from './mounts-volumes.ts';
import { volumeLifeSteps } from './volumes-life.ts';
import { oddVolumeSteps } from './volumes-odd.ts';
import { volumeSteps } from './volumes.ts';

/** All groups, in the order in which they are done. */
export const groups: readonly StepGroup[] = [
  systemSteps,
  createSteps,
  fieldSteps,
  modeSteps,
  versionSteps,
  hostConfigSteps,
  mountSteps,
  startSteps,
  runSteps,
  lifecycleSteps,
  logsSteps,
  logDriverSteps,
  logTargetSteps,
  execSteps,
  attachSteps,
  streamSteps,
  execStreamSteps,
  copySteps,
  inspectSteps,
  listSteps,
  eventSteps,
  restartSteps,
  stateSteps,
  pitfallSteps,
  healthSteps,
  probeSteps,
  resourceSteps,
  detailSteps,
  dnsSteps,
  filterSteps,
  cornerSteps,
  networkSteps,
  portSteps,
  userNetworkSteps,
  networkCreateSteps,
  oddNetworkSteps,
  networkConnectSteps,
  networkFirewallSteps,
  networkInspectSteps,
  networkAddressSteps,
  networkPluginSteps,
  gatewayBridgeSteps,
  macvlanSteps,
  linkSteps,
  volumeSteps,
  volumeLifeSteps,
  volumeMountSteps,
  oddVolumeSteps,
  imageSteps,
  registrySteps,
  // What commits leaves images.
  verbSteps,
];
