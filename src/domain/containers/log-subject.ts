// SPDX-License-Identifier: Apache-2.0
import type { LogSubject } from '../logs/index.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';

/** What the logs room has to know of a container. */
export const logSubject = (
  deps: { readonly store: Pick<Core['store'], 'directory'> },
  container: Container,
): LogSubject => ({
  id: container.id,
  name: container.name,
  imageId: container.imageId,
  imageName: container.config.image,
  created: container.created,
  path: container.path,
  args: container.args,
  labels: container.config.labels ?? {},
  env: container.config.env ?? [],
  directory: deps.store.directory(container.id),
  config: container.hostConfig.logConfig,
});
