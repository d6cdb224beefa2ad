// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { EngineError, isKind } from '../../base/errors.ts';
import { compileGoPattern } from '../../spec/go-pattern.ts';
import { booleanFilter, type Filters, matchLabels, refuseUnknownFilters } from '../../spec/filters.ts';
import type { Images } from '../images/index.ts';
import type { Networks } from '../networks/index.ts';
import type { Container } from './container.ts';
import type { Ledger } from './ledger.ts';
import { noSuchContainer } from './errors.ts';
import { networkDonor } from './network-mode.ts';
import { formatPort, parsePort, parsePortRange } from './ports.ts';
import { isRunning } from './state.ts';

/** What the filters look at beside the container itself. */
export interface FilterDeps {
  readonly ledger: Pick<Ledger, 'resolve'>;
  readonly images: Pick<Images, 'resolve' | 'list' | 'find'>;
  readonly networks: Pick<Networks, 'resolve'>;
  /** Host ports of the present run. */
  readonly publishedPorts: (container: Container) => readonly (readonly [first: number, last: number])[];
}

type Test = (container: Container) => boolean;
type Filter = (values: readonly string[], deps: FilterDeps) => Test;

const STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];
const HEALTH = ['none', 'starting', 'healthy', 'unhealthy'];

const invalid = (key: string, value: string, why: string): EngineError =>
  new EngineError('invalid-argument', `invalid filter '${key}=${value}': ${why}`);

const oneOf = (key: string, what: string, known: readonly string[]) => (values: readonly string[]) => {
  const wrong = values.find((value) => !known.includes(value));
  if (wrong === undefined) return;
  throw invalid(key, wrong, `invalid value for ${what} (${wrong}): must be one of ${known.join(', ')}`);
};
const checkStates = oneOf('status', 'state', STATES);
const checkHealth = oneOf('health', 'health', HEALTH);

const any =
  (values: readonly string[], matches: (container: Container, value: string) => boolean): Test =>
  (container) =>
    values.some((value) => matches(container, value));

const parseExitCode = (text: string): number => {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw invalid('exited', text, `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
};

/** A pattern as Go would take it; one that is no pattern is taken letter by letter. */
const pattern = (text: string): RegExp => {
  try {
    return compileGoPattern(text);
  } catch {
    return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  }
};

const exited: Filter = (values) => {
  const codes = values.map(parseExitCode);
  return ({ state }) => state.status === 'exited' && codes.includes(state.exitCode);
};

const name: Filter = (values) => {
  const patterns = values.map(pattern);
  return (container) => patterns.some((each) => each.test(`/${container.name}`) || each.test(container.name));
};

/** A container by its whole id or a name: here a prefix is not enough. @throws not-found */
const resolveWhole = (ledger: Pick<Ledger, 'resolve'>, reference: string): Container => {
  const found = ledger.resolve(reference);
  if (found.id !== reference && found.name !== reference && found.id.startsWith(reference))
    throw noSuchContainer(reference);
  return found;
};

const relative =
  (isMatch: (container: Container, other: Container) => boolean): Filter =>
  (values, { ledger }) => {
    const others = values.map((value) => resolveWhole(ledger, value));
    return (container) => others.every((other) => isMatch(container, other));
  };

/** Images that `reference` names, and all that were built upon them: their layers begin with the same ones. */
const ancestor: Filter = (values, { images }) => {
  const ancestors = values.flatMap((value) => {
    try {
      return [images.resolve(value)];
    } catch (error) {
      if (isKind(error, 'not-found', 'invalid-argument')) return [];
      throw error;
    }
  });
  return (container) => {
    const own = images.find(container.imageId);
    return ancestors.some(
      ({ id, diffIds }) =>
        id === container.imageId ||
        (own !== undefined &&
          diffIds.length > 0 &&
          diffIds.length <= own.diffIds.length &&
          diffIds.every((diffId, index) => own.diffIds[index] === diffId)),
    );
  };
};

const volume: Filter = (values) =>
  any(values, ({ mountPoints }, value) =>
    mountPoints.some(
      (point) =>
        point.name === value || point.destination === posix.normalize(value) || point.source === value,
    ),
  );

const network: Filter = (values) =>
  any(values, (container, value) => {
    const donor = networkDonor(container.hostConfig.networkMode);
    if (donor !== undefined) return false;
    return Object.keys(container.endpoints).some((each) => {
      const id = container.networkIds[each] ?? '';
      return each === value || (value !== '' && id.startsWith(value));
    });
  });

interface PortFilter {
  readonly range: readonly [number, number];
  readonly protocol: string;
}

const parsePortFilter = (key: string, text: string): PortFilter => {
  const [digits = '', protocol = 'tcp'] = text.split('/');
  const range = parsePortRange(digits);
  if (range) return { range, protocol };
  throw new EngineError(
    'internal',
    `error while looking up for ${key} ${text}: strconv.ParseUint: parsing ${JSON.stringify(digits)}: invalid syntax`,
  );
};

const within = (number: number, [first, last]: readonly [number, number]): boolean =>
  number >= first && number <= last;

const expose: Filter = (values) => {
  const wanted = values.map((value) => parsePortFilter('expose', value));
  return ({ config }) =>
    Object.keys(config.exposedPorts ?? {}).some((key) => {
      const port = parsePort(key);
      return wanted.some(({ range, protocol }) => port.protocol === protocol && within(port.number, range));
    });
};

const publish: Filter = (values, { publishedPorts }) => {
  const wanted = values.map((value) => parsePortFilter('publish', value));
  return (container) => {
    const host = publishedPorts(container);
    const bound = Object.keys(container.hostConfig.portBindings ?? {}).map((key) =>
      formatPort(parsePort(key)),
    );
    return wanted.some(
      ({ range, protocol }) =>
        host.some(([first, last]) => first <= range[1] && last >= range[0]) ||
        bound.some((key) => {
          const port = parsePort(key);
          return port.protocol === protocol && within(port.number, range);
        }),
    );
  };
};

const health: Filter = (values) => {
  checkHealth(values);
  return (container) => values.includes(container.health?.status ?? 'none');
};

const FILTERS: Readonly<Record<string, Filter>> = {
  id: (values) => any(values, (container, value) => value !== '' && container.id.startsWith(value)),
  name,
  label: (values) => (container) => matchLabels(values, container.config.labels),
  status: (values) => {
    checkStates(values);
    return ({ state }) => values.includes(state.status);
  },
  exited,
  health,
  ancestor,
  before: relative((container, other) => container.created < other.created),
  since: relative((container, other) => container.created > other.created),
  volume,
  network,
  publish,
  expose,
  isolation: (values) => (container) => values.includes(container.hostConfig.isolation || 'default'),
  'is-task': (values) => {
    const wanted = booleanFilter({ 'is-task': values }, 'is-task');
    // Tasks come with a cluster; until then no container is one.
    return () => wanted !== true;
  },
};

/** Which containers a list shows: those that all filters let through. @throws invalid-argument, not-found in Docker's words */
export const compileFilters = (filters: Filters, deps: FilterDeps): Test => {
  refuseUnknownFilters(filters, Object.keys(FILTERS));
  const tests = Object.entries(filters)
    .filter(([, values]) => values.length > 0)
    .map(([key, values]) => FILTERS[key]?.(values, deps) ?? (() => true));
  return (container) => tests.every((test) => test(container));
};

/** True for the states a list shows without being asked for all. */
export const isShownByDefault: Test = ({ state }) => isRunning(state);
