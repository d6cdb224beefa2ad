// SPDX-License-Identifier: Apache-2.0
import type { StreamAddress } from '../../../adapters/log-targets/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { type GoUrl, parseGoUrl, splitHostPort } from '../remote/go-url.ts';

/** Where fluentd listens by default. Source: docs.fluentd.org, "forward input plugin". */
const HOST = '127.0.0.1';
const PORT = 24_224;

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const portOf = (text: string): number => {
  if (text === '') return PORT;
  const port = Number(text);
  if (port <= 65_535) return port;
  throw invalid(`invalid port: strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
};

const hostAndPort = ({ host }: GoUrl): { readonly host: string; readonly port: number } => {
  const hasPort = /:\d*$/.test(host.replace(/^\[.*\]/, ''));
  const parts = splitHostPort(hasPort ? host : `${host}:`);
  return { host: parts.host || HOST, port: portOf(parts.port) };
};

/** Reads the option `fluentd-address`. @throws invalid-argument in dockerd's words */
export const parseAddress = (text: string): StreamAddress => {
  if (text === '') return { network: 'tcp', host: HOST, port: PORT };
  const url = parseGoUrl(text.includes('://') ? text : `tcp://${text}`);
  if (url.scheme === 'unix') {
    if (/^\/*$/.test(url.path)) throw invalid('path is empty');
    return { network: 'unix', path: url.path };
  }
  if (url.scheme !== 'tcp' && url.scheme !== 'tls') throw invalid(`unsupported scheme: '${url.scheme}'`);
  if (url.path !== '') throw invalid('should not contain a path element');
  const place = hostAndPort(url);
  return url.scheme === 'tcp' ? { network: 'tcp', ...place } : { network: 'tls', ...place, trust: {} };
};
