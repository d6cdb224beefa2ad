// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { EngineError } from '../../../base/errors.ts';
import { type Ip, formatIp, parseIp } from '../../../spec/ip.ts';
import type { StoredOverlay } from './stored-overlay.ts';

const OURS = 'berth.overlay.';
/** The other hosts' addresses, separated by commas: an overlay without a cluster is one that names them, if only none. */
export const PEERS = `${OURS}peers`;
const LOCAL = `${OURS}local`;
const PORT = `${OURS}port`;
const VNIS = 'com.docker.network.driver.overlay.vxlanid_list';
const ENCRYPTED = 'encrypted';
const DRIVER_MTU = 'com.docker.network.driver.mtu';

/** Swarm's own (`docker swarm init --data-path-port`). */
const DEFAULT_PORT = 4789;
/** What the headers of VXLAN, udp and IP leave of 1500, by the hosts' family. */
const DEFAULT_MTU = { 4: 1450, 6: 1430 } as const;
/** 24 bits; Swarm's begin at 4096. */
const FIRST_VNI = 4096;
const LAST_VNI = 0xff_ff_ff;
const LAST_PORT = 65_535;

type Options = Readonly<Record<string, string>>;
export type OverlayOptions = Pick<StoredOverlay, 'peers' | 'local' | 'port' | 'vni' | 'mtu'>;

const refuse = (text: string): EngineError => new EngineError('invalid-argument', text);

const readAddress = (key: string, text: string): Ip => {
  const address = parseIp(text);
  if (address) return address;
  throw refuse(`invalid ${key}: ${JSON.stringify(text)} is not an IP address`);
};

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const readNumber = (key: string, text: string, first: number, last: number): number => {
  const value = /^\d{1,8}$/.test(text) ? Number(text) : -1;
  if (value >= first && value <= last) return value;
  throw refuse(`invalid ${key}: ${JSON.stringify(text)} is not a number from ${first} to ${last}`);
};

const readMtu = (text: string | undefined, absent: number): number => {
  if (text === undefined) return absent;
  if (!/^[+-]?\d{1,9}$/.test(text))
    throw new EngineError(
      'internal',
      `failed to parse ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  const mtu = Number(text);
  if (mtu < 0) throw new EngineError('internal', `invalid MTU value: ${mtu}`);
  return mtu === 0 ? absent : mtu;
};

/** The same number on every host that calls the network so. */
const vniOf = (name: string): number =>
  FIRST_VNI + (createHash('sha256').update(name).digest().readUInt32BE(0) % (LAST_VNI - FIRST_VNI + 1));

const readVni = (text: string | undefined, name: string): number => {
  if (text === undefined) return vniOf(name);
  const [first = ''] = listOf(text);
  return readNumber(VNIS, first, 1, LAST_VNI);
};

/**
 * Reads what is known of the options of a network `name`. Its hosts are those of `berth.overlay.peers`.
 * @throws invalid-argument; not-implemented for an encrypted one; internal for a bad MTU, as dockerd has it
 */
export const readOverlayOptions = (options: Options, name: string): OverlayOptions => {
  if (ENCRYPTED in options)
    throw new EngineError('not-implemented', 'encrypted overlay networks are not implemented by this engine');
  const peers = listOf(options[PEERS] ?? '').map((text) => readAddress(PEERS, text));
  const local = options[LOCAL] === undefined ? undefined : readAddress(LOCAL, options[LOCAL]);
  const [family = 4, ...others] = new Set([...peers, ...(local ? [local] : [])].map((host) => host.family));
  if (others.length > 0) throw refuse(`invalid ${PEERS}: all hosts must be of one address family`);
  return {
    peers: peers.map(formatIp),
    local: local ? formatIp(local) : '',
    port: options[PORT] === undefined ? DEFAULT_PORT : readNumber(PORT, options[PORT], 1, LAST_PORT),
    vni: readVni(options[VNIS], name),
    mtu: readMtu(options[DRIVER_MTU], DEFAULT_MTU[family]),
  };
};
