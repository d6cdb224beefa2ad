// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { type Ip, parseIp } from '../../../spec/ip.ts';
import type { Reach } from '../firewall/guarded-bridge.ts';

const BRIDGE = 'com.docker.network.bridge.';
/** The device's name. */
export const BRIDGE_NAME = `${BRIDGE}name`;
const DRIVER_MTU = 'com.docker.network.driver.mtu';
const INTERFACE_PREFIX = 'com.docker.network.container_iface_prefix';
const HOST_IPV4 = 'com.docker.network.host_ipv4';
const HOST_IPV6 = 'com.docker.network.host_ipv6';
const TRUSTED = `${BRIDGE}trusted_host_interfaces`;

type GatewayMode = Reach | 'isolated';

/** What a client chose of a bridge network by its options. */
export interface BridgeOptions {
  /** Empty: to be chosen. */
  readonly device: string;
  /** Bytes; 0: to be chosen. */
  readonly mtu: number;
  readonly icc: boolean;
  readonly masquerade: boolean;
  readonly inhibitIpv4: boolean;
  readonly gatewayModeIpv4: GatewayMode;
  readonly gatewayModeIpv6: GatewayMode;
  readonly hostAddress: string;
  readonly hostIpv4?: Ip;
  readonly hostIpv6?: Ip;
  readonly interfacePrefix: string;
  /** Devices of the host from which published ports are reached at the containers' own addresses. */
  readonly trusted: readonly string[];
  /** Of what is accepted and has no effect. */
  readonly warnings: readonly string[];
}

type Options = Readonly<Record<string, string>>;

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

const invalid = (key: string, text: string, why: string): EngineError =>
  new EngineError('invalid-argument', `failed to parse ${key} value: ${text} (${why})`);

/** As Go reads a boolean; `undefined` for what is none. */
export const parseGoBool = (text: string): boolean | undefined =>
  TRUE.has(text) ? true : FALSE.has(text) ? false : undefined;

const readBool = (options: Options, key: string, absent: boolean): boolean => {
  const text = options[key];
  if (text === undefined) return absent;
  const value = parseGoBool(text);
  if (value !== undefined) return value;
  throw invalid(key, text, `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
};

const readMtu = (options: Options): number => {
  const text = options[DRIVER_MTU];
  if (text === undefined) return 0;
  if (!/^[+-]?\d+$/.test(text))
    throw invalid(DRIVER_MTU, text, `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const mtu = Number(text);
  if (mtu < 0) throw new EngineError('invalid-argument', `invalid MTU number: ${mtu}`);
  return mtu;
};

const readAddress = (options: Options, key: string): Ip | undefined => {
  const text = options[key];
  if (text === undefined || text === '') return undefined;
  const address = parseIp(text);
  if (!address) throw invalid(key, text, 'nil ip');
  return address;
};

const readGatewayMode = (options: Options, family: 'ipv4' | 'ipv6', internal: boolean): GatewayMode => {
  const key = `${BRIDGE}gateway_mode_${family}`;
  const text = options[key] ?? 'nat';
  if (text === 'isolated' && !internal)
    throw new EngineError('internal', "gateway mode 'isolated' can only be used for an internal network");
  if (text === 'nat' || text === 'nat-unprotected' || text === 'routed' || text === 'isolated') return text;
  throw invalid(key, text, `unknown gateway mode ${text}`);
};

/** Names in a list with colons between them; rules cannot carry other ones, and the kernel has none longer. */
const readTrusted = (options: Options): readonly string[] => {
  const names = (options[TRUSTED] ?? '').split(':').filter(Boolean);
  const bad = names.find((name) => !/^[A-Za-z0-9_.@-]{1,15}$/.test(name));
  if (bad !== undefined) throw invalid(TRUSTED, options[TRUSTED] ?? '', `invalid interface name ${bad}`);
  return names;
};

/** Reads what is known of `options`; other keys are anybody's. @throws invalid-argument in Docker's words; internal */
export const readBridgeOptions = (options: Options, internal: boolean): BridgeOptions => {
  const hostIpv4 = readAddress(options, HOST_IPV4);
  const hostIpv6 = readAddress(options, HOST_IPV6);
  const hostAddress = options[`${BRIDGE}host_binding_ipv4`] ?? '';
  readAddress(options, `${BRIDGE}host_binding_ipv4`);
  return {
    device: options[BRIDGE_NAME] ?? '',
    mtu: readMtu(options),
    icc: readBool(options, `${BRIDGE}enable_icc`, true),
    masquerade: readBool(options, `${BRIDGE}enable_ip_masquerade`, true),
    inhibitIpv4: readBool(options, `${BRIDGE}inhibit_ipv4`, false),
    gatewayModeIpv4: readGatewayMode(options, 'ipv4', internal),
    gatewayModeIpv6: readGatewayMode(options, 'ipv6', internal),
    hostAddress,
    ...(hostIpv4 ? { hostIpv4 } : {}),
    ...(hostIpv6 ? { hostIpv6 } : {}),
    interfacePrefix: options[INTERFACE_PREFIX] ?? '',
    trusted: readTrusted(options),
    warnings: [],
  };
};
