// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../../base/ids.ts';
import type { Container } from '../container.ts';

/** What must have come true of another container before one that depends on it is started. */
export type Condition = 'started' | 'healthy' | 'completed';

/** A container that another one is started after. */
export interface Dependency {
  readonly id: ContainerId;
  readonly condition: Condition;
}

/** Labels that Docker Compose puts on its containers (clients.md §4.6). */
const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
const DEPENDS_ON = 'com.docker.compose.depends_on';
/** `True` on containers of `docker compose run`: nobody depends on them. */
const ONE_OFF = 'com.docker.compose.oneoff';

const CONDITIONS: Readonly<Record<string, Condition>> = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
};

/** `db:service_healthy:true,cache:service_started:false` as services and conditions; what is not understood counts as started. */
export const parseDependsOn = (
  label: string,
): readonly { readonly service: string; readonly condition: Condition }[] =>
  label
    .split(',')
    .map((entry) => entry.trim().split(':'))
    .filter(([service = '']) => service !== '')
    .map(([service = '', condition = '']) => ({ service, condition: CONDITIONS[condition] ?? 'started' }));

/** What Compose says of a container, among all that are there. */
export const composeDependencies = (
  { id, config }: Container,
  all: readonly Container[],
): readonly Dependency[] => {
  const project = config.labels?.[PROJECT] ?? '';
  const label = config.labels?.[DEPENDS_ON] ?? '';
  if (project === '' || label === '') return [];
  const services = all.filter(
    ({ config: { labels } }) => labels?.[PROJECT] === project && labels[ONE_OFF] !== 'True',
  );
  return parseDependsOn(label).flatMap(({ service, condition }) =>
    services
      .filter((other) => other.id !== id && other.config.labels?.[SERVICE] === service)
      .map((other) => ({ id: other.id, condition })),
  );
};
