// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { EngineError } from '../../base/errors.ts';

const invalid = (message: string): EngineError => new EngineError('invalid-argument', message);

/** Checks of single items of list options: each gives the item as it shall stand. @throws invalid-argument, in Docker's words */
type Check = (item: string) => string;

export const checkLabel: Check = (item) => {
  if (!item.includes('=')) throw invalid(`bad attribute format: ${item}`);
  return item;
};

export const checkIp: Check = (item) => {
  const address = item.trim();
  if (isIP(address) === 0) throw invalid(`invalid IP address: ${item}`);
  return address;
};

/** A mirror's address, with a `/` at its end. */
export const checkMirror: Check = (item) => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(item))
    throw invalid(
      `invalid mirror: no scheme specified for "${item}": must use either 'https://' or 'http://'`,
    );
  if (!URL.canParse(item)) throw invalid(`invalid mirror: "${item}" is not a valid URI`);
  const url = new URL(item);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid(
      `invalid mirror: unsupported scheme "${url.protocol.slice(0, -1)}" in "${item}": must use either 'https://' or 'http://'`,
    );
  if (url.search !== '' || url.hash !== '')
    throw invalid(`invalid mirror: query or fragment at end of the URI "${item}"`);
  if (url.username !== '') {
    const masked = item.replace(/\/\/([^:@/]*):?[^@/]*@/, '//$1:xxxxx@');
    throw invalid(`invalid mirror: username/password not allowed in URI "${masked}"`);
  }
  return item.endsWith('/') ? item : `${item}/`;
};

const DOMAIN =
  /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

export const checkDnsSearch: Check = (item) => {
  const domain = item.trim();
  if (domain === '.') return domain;
  if (domain.length > 255 || !DOMAIN.test(domain)) throw invalid(`${item} is not a valid domain`);
  return domain;
};

export const checkExecOption: Check = (item) => {
  const [key = '', value] = item.split('=', 2);
  if (value === undefined || key === '')
    throw invalid(`invalid exec-opt (${item}): must be formatted 'opt=value'`);
  if (key.trim().toLowerCase() !== 'native.cgroupdriver')
    throw invalid(`invalid exec-opt (${item}): unknown option: '${key.trim().toLowerCase()}'`);
  return item;
};

/** Where `-H` without a scheme listens. */
const DEFAULT_PORT = 2375;
const TLS_PORT = 2376;

const checkTcp = (item: string, address: string, tls: boolean): string => {
  const match = /^(\[[^\]]*\]|[^:/]*)(?::(\d*))?(\/.*)?$/.exec(address);
  const port =
    match?.[2] === undefined || match[2] === '' ? (tls ? TLS_PORT : DEFAULT_PORT) : Number(match[2]);
  if (!match || port > 65535) throw invalid(`invalid bind address (${item}): invalid port`);
  if (match[3] !== undefined && match[3] !== '/')
    throw invalid(`invalid bind address (${item}): should not contain a path element`);
  const host = match[1] === undefined || match[1] === '' ? 'localhost' : match[1];
  return `tcp://${host}:${port}`;
};

/** The listener that is opened when no `-H` is given. */
export const DEFAULT_HOST = 'unix:///var/run/docker.sock';

/** `unix:///path`, `tcp://host:port` or `fd://…` of what `-H` was given; `tls` chooses the default port. */
export const checkHost = (item: string, tls = false): string => {
  const text = item.trim();
  if (text === '') return tls ? `tcp://localhost:${TLS_PORT}` : DEFAULT_HOST;
  const [scheme, rest] = text.includes('://') ? (text.split('://', 2) as [string, string]) : ['tcp', text];
  if (scheme === 'tcp') return checkTcp(text, rest, tls);
  if (scheme === 'unix') return `unix://${rest === '' ? '/var/run/docker.sock' : rest}`;
  if (scheme === 'fd' || scheme === 'npipe') return text;
  throw invalid(`invalid bind address (${text}): unsupported proto '${scheme}'`);
};
