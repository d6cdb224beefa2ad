// SPDX-License-Identifier: Apache-2.0
import { type Nanoseconds, seconds } from '../../base/time.ts';
import { parseSignal, SIGTERM } from '../../spec/signals.ts';
import type { Container } from './container.ts';

/** The signal that asks this container to stop. */
export const stopSignalOf = ({ config }: Pick<Container, 'config'>): number =>
  config.stopSignal === '' ? SIGTERM : parseSignal(config.stopSignal);

/** Docker's patience where a container does not say (Engine API, `StopTimeout`). */
const DEFAULT_TIMEOUT = seconds(10);

/** How long a stop waits for the container before it is killed; negative for ever. */
export const stopTimeoutOf = ({ config }: Pick<Container, 'config'>): Nanoseconds =>
  config.stopTimeout === undefined ? DEFAULT_TIMEOUT : seconds(config.stopTimeout);
