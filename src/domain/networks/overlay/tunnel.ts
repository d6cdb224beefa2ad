// SPDX-License-Identifier: Apache-2.0
import type { Forwarding, NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { type Ip, formatIp, parseIp } from '../../../spec/ip.ts';
import type { OverlayPeer } from '../networks.ts';
import { randomMacAddress } from '../mac-address.ts';
import { linkFailure } from '../on-parent/kernel-words.ts';
import type { StoredOverlay } from './stored-overlay.ts';

/** Stands for every address that no entry knows, broadcasts among them. */
const EVERYBODY = '00:00:00:00:00:00';
const ANY = { 4: '0.0.0.0', 6: '::' } as const;

const addressOf = (text: string): Ip => {
  const address = parseIp(text);
  if (address) return address;
  throw new EngineError('internal', `${text} is not an IP address`);
};

/** Where the tunnel sends from: its family tells the kernel that of all hosts. */
const localOf = ({ local, peers: [first = ANY[4]] }: StoredOverlay): Ip =>
  local === '' ? addressOf(ANY[addressOf(first).family]) : addressOf(local);

const ensureBridge = (host: NetlinkConnection, { bridge, mtu }: StoredOverlay): number => {
  if (!host.link(bridge)) {
    host.createBridge({ name: bridge, mtu });
    const index = host.link(bridge)?.index ?? 0;
    // Otherwise it would take over the address of its ports, and change it as they come and go.
    host.changeLink(index, { macAddress: randomMacAddress() });
  }
  const made = host.link(bridge);
  if (!made) throw new EngineError('internal', `${bridge} vanished`);
  return made.index;
};

const ensureTunnel = (host: NetlinkConnection, overlay: StoredOverlay, master: number): number => {
  const { tunnel: name, vni: id, port, mtu } = overlay;
  if (!host.link(name))
    try {
      host.createLink({ kind: 'vxlan', name, id, port, mtu, local: localOf(overlay), master });
    } catch (error) {
      throw linkFailure(`failed to create the VXLAN link ${name} (id ${id}, udp port ${port})`, error);
    }
  const made = host.link(name);
  if (!made) throw new EngineError('internal', `${name} vanished`);
  return made.index;
};

/**
 * Makes bridge and tunnel, as far as they are not there, and gives the bridge's index. `prepare` is told of each before it
 * is up. @throws internal in the kernel's words
 */
export const ensureLinks = (
  host: NetlinkConnection,
  overlay: StoredOverlay,
  prepare: (link: string) => void,
): number => {
  const bridge = ensureBridge(host, overlay);
  const tunnel = ensureTunnel(host, overlay, bridge);
  for (const [index, name] of [
    [bridge, overlay.bridge],
    [tunnel, overlay.tunnel],
  ] as const) {
    prepare(name);
    host.changeLink(index, { up: true });
  }
  return bridge;
};

const keyOf = ({ macAddress, to }: Forwarding): string => `${macAddress} ${formatIp(to)}`;

const forwardingsTo = (index: number, peers: readonly OverlayPeer[]): readonly Forwarding[] =>
  peers.flatMap(({ host: to, macAddresses }) =>
    [EVERYBODY, ...macAddresses].map((macAddress) => ({ index, macAddress, to })),
  );

/** Has the tunnel send to these hosts, and to the others no more unless they are to be `kept`. @throws not-found without a tunnel */
export const tellPeers = (
  host: NetlinkConnection,
  { tunnel }: StoredOverlay,
  peers: readonly OverlayPeer[],
  others: 'kept' | 'left',
): void => {
  const index = host.link(tunnel)?.index;
  if (index === undefined) throw new EngineError('not-found', `${tunnel} not found`);
  const wanted = forwardingsTo(index, peers);
  const known = host.forwardings().filter((one) => one.index === index);
  const wantedKeys = new Set(wanted.map(keyOf));
  const knownKeys = new Set(known.map(keyOf));
  for (const one of known) if (others === 'left' && !wantedKeys.has(keyOf(one))) host.deleteForwarding(one);
  for (const one of wanted) if (!knownKeys.has(keyOf(one))) host.addForwarding(one);
};
