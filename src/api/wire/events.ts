// SPDX-License-Identifier: Apache-2.0
import { exact } from '../../base/json.ts';
import { unixSeconds } from '../../base/time.ts';
import type { EngineEvent } from '../../domain/events/index.ts';

/** What clients before 1.22 read; still sent, for containers and images alone. */
const legacyFields = ({ type, action, actor, attributes }: EngineEvent): object => {
  if (type === 'image') return { status: action, id: actor };
  if (type !== 'container') return {};
  const from = attributes['image'];
  return { status: action, id: actor, ...(from === undefined ? {} : { from }) };
};

const sorted = (attributes: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1)));

/** Engine API, `EventMessage`. `time` is in seconds, `timeNano` in nanoseconds, to the last digit. */
export const eventBody = (event: EngineEvent): object => ({
  ...legacyFields(event),
  Type: event.type,
  Action: event.action,
  Actor: { ID: event.actor, Attributes: sorted(event.attributes) },
  scope: 'local',
  time: unixSeconds(event.at),
  timeNano: exact(event.at),
});
