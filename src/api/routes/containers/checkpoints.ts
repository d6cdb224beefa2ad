// SPDX-License-Identifier: Apache-2.0
import { bool, string, struct } from '../../../base/go-json.ts';
import type { CheckpointReference, Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';

const PATH = '/containers/{name:.*}/checkpoints';

/** Engine API, `CheckpointCreateOptions`. */
const createOptions = struct('CreateOptions', {
  checkpointID: string,
  checkpointDir: string,
  exit: bool,
});

/** An empty directory means the container's own. */
const referenceOf = (name: string, directory: string): CheckpointReference => ({
  name,
  ...(directory === '' ? {} : { directory }),
});

const createRoute = (containers: Pick<Containers, 'checkpointCreate'>): Route => ({
  method: 'POST',
  path: PATH,
  operation: 'CheckpointCreate',
  handle: async (exchange) => {
    const { checkpointID, checkpointDir, exit } = await exchange.readJson(createOptions);
    const request = { ...referenceOf(checkpointID, checkpointDir), exit };
    await containers.checkpointCreate(exchange.param('name'), request);
    exchange.end(201);
  },
});

const listRoute = (containers: Pick<Containers, 'checkpointList'>): Route => ({
  method: 'GET',
  path: PATH,
  operation: 'CheckpointList',
  handle: async (exchange) => {
    const names = await containers.checkpointList(exchange.param('name'), exchange.query.optional('dir'));
    exchange.json(names.map((name) => ({ Name: name })));
  },
});

const deleteRoute = (containers: Pick<Containers, 'checkpointDelete'>): Route => ({
  method: 'DELETE',
  path: '/containers/{name}/checkpoints/{checkpoint}',
  operation: 'CheckpointDelete',
  handle: async (exchange) => {
    const checkpoint = referenceOf(exchange.param('checkpoint'), exchange.query.text('dir'));
    await containers.checkpointDelete(exchange.param('name'), checkpoint);
    exchange.end(204);
  },
});

/** Checkpoints, served with `--experimental` alone. */
export const checkpointRoutes = (
  containers: Pick<Containers, 'checkpointCreate' | 'checkpointList' | 'checkpointDelete'>,
): readonly Route[] => [createRoute(containers), listRoute(containers), deleteRoute(containers)];
