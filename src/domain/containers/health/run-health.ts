// SPDX-License-Identifier: Apache-2.0
import type { Container } from '../container.ts';
import { beginHealth, endHealth, probeCommand } from './health.ts';

type WithHealth = Pick<Container, 'health'>;

/** The command that tells whether a container is well; `undefined` when none is to be run. */
export const probeOf = ({ config }: Container): readonly string[] | undefined =>
  probeCommand(config.healthcheck, config.shell);

/** What a record gets when a run begins: `starting` stands in the very record that says `running`. */
export const healthAtStart = (container: Container): WithHealth =>
  probeOf(container) ? { health: beginHealth(container.health) } : {};

/** What a record gets when a run ends or is frozen. */
export const healthAtEnd = ({ health }: WithHealth): WithHealth =>
  health ? { health: endHealth(health) } : {};
