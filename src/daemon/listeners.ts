// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Listener, TlsMaterial } from '../api/index.ts';
import { EngineError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { OpenListener } from '../domain/system/index.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import { checkHost } from './options/checks.ts';

/** The first file descriptor that systemd hands over. Source: sd_listen_fds(3). */
const FIRST_FD = 3;

const failed = (message: string, cause?: unknown): EngineError =>
  new EngineError('unavailable', `failed to load listeners: ${message}`, { cause });

const findGroup = (name: string): number | undefined => {
  if (/^\d+$/.test(name)) return Number(name);
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  return line === undefined ? undefined : Number(line.split(':')[2]);
};

const socketGroup = (config: Config, log: Log): number | undefined => {
  if (config.group === '') return undefined;
  const group = findGroup(config.group);
  if (group !== undefined) return group;
  if (config.groupIsExplicit) throw failed(`group ${config.group} not found`);
  log.warn("the socket is root's alone, for its group is missing", { group: config.group });
  return undefined;
};

const readPem = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw failed(
      `Could not load X509 key pair: ${messageOf(cause)}. Make sure the key is not encrypted`,
      cause,
    );
  }
};

const tlsMaterial = ({ tls }: Config, env: Environment): TlsMaterial => {
  const directory = env['DOCKER_CERT_PATH'] ?? join(homedir(), '.docker');
  const path = (given: string, name: string): string => (given === '' ? join(directory, name) : given);
  return {
    cert: readPem(path(tls.cert, 'cert.pem')),
    key: readPem(path(tls.key, 'key.pem')),
    ...(tls.verify ? { ca: readPem(path(tls.ca, 'ca.pem')) } : {}),
  };
};

/** The sockets that systemd opened for this process. */
const activated = (host: string, env: Environment): readonly Listener[] => {
  const count = env['LISTEN_PID'] === String(process.pid) ? Number(env['LISTEN_FDS'] ?? 0) : 0;
  const all = Array.from({ length: count }, (_, index) => FIRST_FD + index);
  const wanted = host.slice('fd://'.length);
  const chosen = wanted === '' || wanted === '*' ? all : all.filter((fd) => String(fd) === wanted);
  if (chosen.length === 0)
    throw failed('no sockets found via socket activation: make sure the service was started by systemd');
  return chosen.map((fd) => ({ kind: 'fd', fd }));
};

const tcpListener = (host: string, tls: TlsMaterial | undefined): Listener => {
  const url = new URL(host.replace(/^tcp:/, 'http:'));
  const port = Number(/:(\d+)$/.exec(host)?.[1]);
  return { kind: 'tcp', host: url.hostname.replace(/^\[|\]$/g, ''), port, ...(tls ? { tls } : {}) };
};

/** Where the configuration wants the API, sorted and each once. @throws unavailable `failed to load listeners: …` */
export const resolveListeners = (config: Config, env: Environment, log: Log): readonly Listener[] => {
  const hosts = config.hosts.map((host) => checkHost(host, config.tls.enabled));
  const tls = config.tls.enabled ? tlsMaterial(config, env) : undefined;
  const chosen = new Set(hosts.toSorted());
  return [...chosen].flatMap((host): readonly Listener[] => {
    if (host.startsWith('unix://')) {
      const group = socketGroup(config, log);
      return [
        { kind: 'unix', path: host.slice('unix://'.length), ...(group === undefined ? {} : { group }) },
      ];
    }
    if (host.startsWith('fd://')) return activated(host, env);
    if (host.startsWith('tcp://')) return [tcpListener(host, tls)];
    throw failed(`invalid protocol format: ${JSON.stringify(host.split(':')[0])}`);
  });
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Listeners that anybody on the network can use as root; each is warned of. */
export const findOpenListeners = (
  listeners: readonly Listener[],
  config: Config,
  log: Log,
): readonly OpenListener[] =>
  listeners.flatMap((listener) => {
    if (listener.kind !== 'tcp' || config.tls.verify) return [];
    const address = `${listener.host}:${listener.port}`;
    log.warn(
      '[DEPRECATION NOTICE]: API is accessible without client verification: whoever reaches it is root on this machine',
      { address },
    );
    return isLoopback(listener.host) || config.tls.optedOut
      ? []
      : [{ address, encrypted: listener.tls !== undefined }];
  });
