// SPDX-License-Identifier: Apache-2.0
import type { Exchange, HeaderList } from '../../exchange.ts';
import type { Route } from '../../route.ts';

const PING_HEADERS: HeaderList = [
  // The classic builder: a 2 would send the CLI to BuildKit's /grpc and /session.
  'Builder-Version',
  '1',
  'Cache-Control',
  'no-cache, no-store, must-revalidate',
  'Pragma',
  'no-cache',
  'Swarm',
  'inactive',
];
const TYPE = 'text/plain; charset=utf-8';

const answer =
  (body: string) =>
  (exchange: Exchange): void =>
    exchange.send(200, TYPE, body, PING_HEADERS);

/** Is there an engine, and which API does it speak? */
export const pingRoutes = (): readonly Route[] => [
  { method: 'GET', path: '/_ping', operation: 'SystemPing', handle: answer('OK') },
  { method: 'HEAD', path: '/_ping', operation: 'SystemPingHead', handle: answer('') },
];
