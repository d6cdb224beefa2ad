// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Containers } from '../../../domain/containers/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { chooseEncoding, encoded } from '../../streams/content-encoding.ts';
import { skippingRest } from '../../streams/skip-rest.ts';
import { writeAll } from '../../streams/write-to.ts';
import { encodePathStat, PATH_STAT_HEADER } from '../../wire/path-stat.ts';

const PATH = '/containers/{name:.*}/archive';

const readPath = ({ query }: Exchange): string => {
  const path = query.text('path');
  // The text is Docker's, missing blank and all.
  if (path === '') throw new EngineError('invalid-argument', 'bad parameter: pathcannot be empty');
  return path;
};

const infoRoute = (containers: Pick<Containers, 'archiveInfo'>): Route => ({
  method: 'HEAD',
  path: PATH,
  operation: 'ContainerArchiveInfo',
  handle: async (exchange) => {
    const stat = await containers.archiveInfo(exchange.param('name'), readPath(exchange));
    const headers = [PATH_STAT_HEADER, encodePathStat(stat)];
    exchange.stream(undefined, { flush: true, headers }).end();
  },
});

const getRoute = (containers: Pick<Containers, 'archive'>): Route => ({
  method: 'GET',
  path: PATH,
  operation: 'ContainerArchive',
  handle: async (exchange) => {
    using archive = await containers.archive(exchange.param('name'), readPath(exchange));
    const encoding = chooseEncoding(exchange.header('accept-encoding'));
    const headers = [PATH_STAT_HEADER, encodePathStat(archive.stat)];
    if (encoding !== undefined) headers.push('Content-Encoding', encoding);
    const response = exchange.stream('application/x-tar', { flush: false, headers });
    await writeAll(response, encoded(encoding, archive.content));
  },
});

const putRoute = (containers: Pick<Containers, 'extract'>): Route => ({
  method: 'PUT',
  path: PATH,
  operation: 'PutContainerArchive',
  handle: async (exchange) => {
    const { query, signal, body, api } = exchange;
    await skippingRest(exchange, async () =>
      containers.extract(exchange.param('name'), {
        path: readPath(exchange),
        content: body,
        keepKinds: query.bool('noOverwriteDirNonDir'),
        ownedByUser: api >= 30 && query.bool('copyUIDGID'),
        signal,
      }),
    );
    exchange.end(200);
  },
});

/** `docker cp`: looking at a path, reading it, and writing into it. */
export const archiveRoutes = (
  containers: Pick<Containers, 'archiveInfo' | 'archive' | 'extract'>,
): readonly Route[] => [infoRoute(containers), getRoute(containers), putRoute(containers)];
