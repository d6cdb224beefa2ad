// SPDX-License-Identifier: Apache-2.0
import type { Trade } from './belief.ts';

const SLEEP = ['sleep', '3600'];

/** What the containers of a soak are; the common ones stand more than once. */
const TRADES: readonly Trade[] = [
  { name: 'sleeper', body: { Cmd: SLEEP } },
  { name: 'sleeper', body: { Cmd: SLEEP } },
  { name: 'talker', body: { Cmd: ['sh', '-c', 'while :; do echo tick; sleep 1; done'] } },
  { name: 'short', body: { Cmd: ['true'] }, isShort: true },
  { name: 'failing', body: { Cmd: ['sh', '-c', 'sleep 0.3; exit 3'] }, isShort: true },
  { name: 'volume', body: { Cmd: SLEEP, Volumes: { '/data': {} } } },
  { name: 'fleeting', body: { Cmd: SLEEP, HostConfig: { AutoRemove: true } }, isFleeting: true },
  {
    name: 'fleeting short',
    body: { Cmd: ['true'], Volumes: { '/data': {} }, HostConfig: { AutoRemove: true } },
    isShort: true,
    isFleeting: true,
  },
  {
    name: 'stubborn',
    body: { Cmd: ['sleep', '1'], HostConfig: { RestartPolicy: { Name: 'unless-stopped' } } },
    isStubborn: true,
  },
  {
    name: 'checked',
    body: { Cmd: SLEEP, Healthcheck: { Test: ['CMD', 'true'], Interval: 2_000_000_000 } },
  },
  { name: 'no network', body: { Cmd: SLEEP, HostConfig: { NetworkMode: 'none' } } },
];

const published = (port: number): object => ({
  Cmd: SLEEP,
  ExposedPorts: { '80/tcp': {} },
  HostConfig: { PortBindings: { '80/tcp': [{ HostPort: String(port) }] } },
});

/** One at random; `port` is the host port that this client alone may publish. */
export const pickTrade = (port: number): Trade => {
  const at = Math.floor(Math.random() * (TRADES.length + 2));
  return TRADES[at] ?? { name: 'published', body: published(port) };
};
