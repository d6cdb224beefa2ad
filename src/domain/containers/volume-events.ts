// SPDX-License-Identifier: Apache-2.0
import type { EventPublisher } from '../events/index.ts';
import type { Container } from './container.ts';

interface VolumeEventDeps {
  readonly events: EventPublisher;
}

/** Tells that a run uses its volumes. */
export const publishMounts = ({ events }: VolumeEventDeps, container: Container): void => {
  for (const { type, name, destination, driver, propagation, readWrite } of container.mountPoints) {
    if (type !== 'volume') continue;
    events.publish({
      type: 'volume',
      action: 'mount',
      actor: name,
      attributes: {
        container: container.id,
        destination,
        driver,
        propagation,
        'read/write': String(readWrite),
      },
    });
  }
};

/** Tells that it no longer does. */
export const publishUnmounts = ({ events }: VolumeEventDeps, container: Container): void => {
  for (const { type, name, driver } of container.mountPoints) {
    if (type !== 'volume') continue;
    events.publish({
      type: 'volume',
      action: 'unmount',
      actor: name,
      attributes: { container: container.id, driver },
    });
  }
};
