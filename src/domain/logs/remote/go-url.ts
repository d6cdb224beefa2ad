// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';

/** The parts of an address that drivers look at, as Go's `url.Parse` divides it. */
export interface GoUrl {
  readonly scheme: string;
  /** Host and port, without user and password. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const refuse = (text: string, why: string): EngineError => invalid(`parse ${JSON.stringify(text)}: ${why}`);

/** The scheme and what follows its colon; no scheme when a character before the first colon can't be in one. */
const cutScheme = (text: string, whole: string): readonly [scheme: string, rest: string] => {
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+\-.]*):(.*)$/s.exec(text) ?? [];
  if (scheme !== undefined) return [scheme.toLowerCase(), rest ?? ''];
  if (text.startsWith(':')) throw refuse(whole, 'missing protocol scheme');
  return ['', text];
};

const checkPort = (host: string, whole: string): void => {
  const after = host.startsWith('[') ? host.slice(host.lastIndexOf(']') + 1) : host;
  const colon = after.lastIndexOf(':');
  if (host.startsWith('[') && !host.includes(']')) throw refuse(whole, "missing ']' in host");
  if (colon < 0) return;
  const port = after.slice(colon);
  if (!/^:\d*$/.test(port)) throw refuse(whole, `invalid port ${JSON.stringify(port)} after host`);
};

/** Divides `text`. @throws invalid-argument in Go's words (`parse "x:1": first path segment in URL cannot contain colon`) */
export const parseGoUrl = (text: string): GoUrl => {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\x00-\x1f\x7f]/.test(text)) throw refuse(text, 'net/url: invalid control character in URL');
  const hash = text.indexOf('#');
  const [before, fragment] = hash < 0 ? [text, ''] : [text.slice(0, hash), text.slice(hash + 1)];
  const [scheme, afterScheme] = cutScheme(before, text);
  const mark = afterScheme.indexOf('?');
  const [rest, query] =
    mark < 0 ? [afterScheme, ''] : [afterScheme.slice(0, mark), afterScheme.slice(mark + 1)];
  if (!rest.startsWith('//')) {
    if (scheme === '' && /^[^/]*:/.test(rest))
      throw refuse(text, 'first path segment in URL cannot contain colon');
    return { scheme, host: '', path: rest.startsWith('/') ? rest : '', query, fragment };
  }
  const slash = rest.indexOf('/', 2);
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  checkPort(host, text);
  return { scheme, host, path: slash < 0 ? '' : decodePath(rest.slice(slash)), query, fragment };
};

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** Host and port of `host:port`; an IPv6 address stands in brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: string;
}

const addressFault = (address: string, why: string): EngineError => invalid(`address ${address}: ${why}`);

/** Divides `address`. @throws invalid-argument in Go's words (`address x: missing port in address`) */
export const splitHostPort = (address: string): HostPort => {
  const colon = address.lastIndexOf(':');
  if (address.startsWith('[')) {
    const end = address.indexOf(']');
    if (end < 0) throw addressFault(address, "missing ']' in address");
    if (end + 1 !== colon) throw addressFault(address, 'missing port in address');
    return { host: address.slice(1, end), port: address.slice(colon + 1) };
  }
  if (colon < 0) throw addressFault(address, 'missing port in address');
  const host = address.slice(0, colon);
  if (host.includes(':')) throw addressFault(address, 'too many colons in address');
  return { host, port: address.slice(colon + 1) };
};

/** A port's number. @throws invalid-argument in Go's words */
export const portNumber = (network: string, { port }: HostPort): number => {
  const number = Number(port || 0);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  if (/^\d+$/.test(port)) throw invalid(`dial ${network}: address ${port}: invalid port`);
  throw invalid(`dial ${network}: lookup ${network}/${port}: unknown port`);
};
