// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { LogOptions } from '../driver.ts';
import { type GoUrl, parseGoUrl, splitHostPort } from '../remote/go-url.ts';

export type Compression = 'gzip' | 'zlib' | 'none';

/** The options of `gelf`, read. */
export interface GelfOptions {
  readonly network: 'udp' | 'tcp';
  /** `host:port` */
  readonly place: string;
  readonly compression: Compression;
  /** Of zlib: -1 to 9. */
  readonly level: number;
  readonly reconnects: number;
  /** Seconds. */
  readonly reconnectDelay: number;
}

/** Source: docs.docker.com, "Graylog Extended Format logging driver"; the level is zlib's fastest. */
const DEFAULTS = { compression: 'gzip', level: 1, reconnects: 3, reconnectDelay: 1 } as const;

const COMMON = new Set(['gelf-address', 'tag', 'labels', 'labels-regex', 'env', 'env-regex']);

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const wholeNumber = (text: string): number => (/^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN);

const parseAddress = (text: string | undefined): GoUrl => {
  if (text === undefined || text === '') throw invalid('gelf-address is a required parameter');
  const url = parseGoUrl(text);
  if (url.scheme !== 'udp' && url.scheme !== 'tcp') throw invalid('gelf: endpoint needs to be TCP or UDP');
  try {
    splitHostPort(url.host);
  } catch (cause) {
    throw new EngineError('invalid-argument', 'gelf: please provide gelf-address as proto://host:port', {
      cause,
    });
  }
  return url;
};

const unknownValue = (name: string, value: string): EngineError =>
  invalid(`unknown value ${JSON.stringify(value)} for log opt "${name}" for gelf log driver`);

const isCompression = (text: string): text is Compression => ['gzip', 'zlib', 'none'].includes(text);

const checkOption = (scheme: string, name: string, value: string): void => {
  switch (name) {
    case 'gelf-compression-level':
    case 'gelf-compression-type': {
      if (scheme !== 'udp') throw invalid('compression is only supported on UDP');
      const level = wholeNumber(value);
      const isFine = name === 'gelf-compression-type' ? isCompression(value) : level >= -1 && level <= 9;
      if (!isFine) throw unknownValue(name, value);
      return;
    }
    case 'gelf-tcp-max-reconnect':
    case 'gelf-tcp-reconnect-delay':
      if (scheme !== 'tcp') throw invalid(`"${name}" is only valid for TCP`);
      if (!(wholeNumber(value) >= 0)) throw invalid(`"${name}" must be a positive integer`);
      return;
    default:
      if (!COMMON.has(name)) throw invalid(`unknown log opt ${JSON.stringify(name)} for gelf log driver`);
  }
};

/** Reads and checks the options of `gelf`. @throws invalid-argument in dockerd's words */
export const parseGelfOptions = (options: LogOptions): GelfOptions => {
  const { scheme, host } = parseAddress(options['gelf-address']);
  for (const [name, value] of Object.entries(options)) checkOption(scheme, name, value);
  const number = (name: string, fallback: number): number =>
    options[name] === undefined ? fallback : wholeNumber(options[name]);
  return {
    network: scheme === 'udp' ? 'udp' : 'tcp',
    place: host,
    compression: (options['gelf-compression-type'] ?? DEFAULTS.compression) as Compression,
    level: number('gelf-compression-level', DEFAULTS.level),
    reconnects: number('gelf-tcp-max-reconnect', DEFAULTS.reconnects),
    reconnectDelay: number('gelf-tcp-reconnect-delay', DEFAULTS.reconnectDelay),
  };
};
