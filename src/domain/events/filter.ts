// SPDX-License-Identifier: Apache-2.0
import type { EngineEvent } from './event.ts';
import type { EventFilters } from './events.ts';

type Matches = (event: EngineEvent, values: readonly string[]) => boolean;

/** Actions that carry data behind a colon: asking for one of them asks for all that begin so. */
const WITH_DATA = ['health_status', 'exec_create', 'exec_start'];

/** Every event of this engine is its own: what a cluster tells would be `swarm`. */
const SCOPE = 'local';

const actionMatches: Matches = ({ action }, values) =>
  values.includes(action) ||
  (values.some((value) => WITH_DATA.includes(value)) && values.some((value) => action.startsWith(value)));

/** By full name, full id or the beginning of the id. */
const actorMatches: Matches = ({ actor, attributes }, values) =>
  values.some((value) => attributes['name'] === value || (value !== '' && actor.startsWith(value)));

/** `busybox` of `busybox:latest`; a registry's port is no tag. */
const withoutTag = (reference: string): string => {
  const at = reference.lastIndexOf(':');
  return at > reference.lastIndexOf('/') ? reference.slice(0, at) : reference;
};

const imageMatches: Matches = ({ type, actor, attributes }, values) => {
  const name = attributes[type === 'image' ? 'name' : 'image'] ?? '';
  return [actor, name, withoutTag(actor), withoutTag(name)].some(
    (text) => text !== '' && values.includes(text),
  );
};

/** All of them: `key` or `key=value`. */
const labelsMatch: Matches = ({ attributes }, values) =>
  values.every((value) => {
    const at = value.indexOf('=');
    return at < 0 ? attributes[value] !== undefined : attributes[value.slice(0, at)] === value.slice(at + 1);
  });

const MATCHES: Readonly<Record<string, Matches>> = {
  config: actorMatches,
  container: actorMatches,
  daemon: actorMatches,
  event: actionMatches,
  image: imageMatches,
  label: labelsMatch,
  network: actorMatches,
  node: actorMatches,
  plugin: actorMatches,
  scope: (_event, values) => values.includes(SCOPE),
  secret: actorMatches,
  service: actorMatches,
  type: ({ type }, values) => values.includes(type),
  volume: actorMatches,
};

/** Whether a follower that asked with `filters` gets `event`. Keys nobody knows let everything pass, as in Docker. */
export const eventMatches = (event: EngineEvent, filters: EventFilters): boolean =>
  Object.entries(filters).every(
    ([key, values]) => values.length === 0 || MATCHES[key] === undefined || MATCHES[key](event, values),
  );
