// SPDX-License-Identifier: Apache-2.0
import type { CommitRequest, Containers } from '../../../domain/containers/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { readCommitConfig } from '../../wire/commit.ts';

const readRequest = async (exchange: Exchange): Promise<CommitRequest> => {
  const config = readCommitConfig(await exchange.readOptionalJson(), exchange.api);
  const { query } = exchange;
  return {
    repository: query.text('repo'),
    tag: query.text('tag'),
    comment: query.text('comment'),
    author: query.text('author'),
    // An empty value counts as none was given, unlike elsewhere.
    pause: query.text('pause') === '' || query.bool('pause'),
    changes: query.texts('changes'),
    ...(config && { config }),
  };
};

export const commitRoute = (containers: Pick<Containers, 'commit'>): Route => ({
  method: 'POST',
  path: '/commit',
  operation: 'ImageCommit',
  handle: async (exchange) => {
    const request = await readRequest(exchange);
    exchange.json({ Id: await containers.commit(exchange.query.text('container'), request) }, 201);
  },
});
