// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { compileGoPattern } from '../../spec/go-pattern.ts';
import { booleanFilter, matchLabels, refuseUnknownFilters } from '../../spec/filters.ts';
import { noSuchNetwork } from './errors.ts';
import type { Network, NetworkListQuery } from './networks.ts';

/**
 * The network that `reference` names: by name, by id, by the beginning of an id.
 * @throws not-found; invalid-argument when several ids begin so
 */
export const findNetwork = (networks: readonly Network[], reference: string): Network => {
  const exact =
    networks.find(({ name }) => name === reference) ?? networks.find(({ id }) => id === reference);
  if (exact) return exact;
  const found = reference === '' ? [] : networks.filter(({ id }) => id.startsWith(reference));
  if (found.length > 1) {
    const text = `network ${reference} is ambiguous (${found.length} matches found based on ID prefix)`;
    throw new EngineError('invalid-argument', text);
  }
  if (!found[0]) throw noSuchNetwork(reference);
  return found[0];
};

/** A Go regular expression is close enough to ours for names; what is none is matched as plain text. */
const matchesText = (pattern: string, text: string): boolean => {
  if (text.includes(pattern)) return true;
  try {
    return compileGoPattern(pattern).test(text);
  } catch {
    return false;
  }
};

const FILTERS = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'] as const;

const refuseUnknownTypes = (types: readonly string[]): void => {
  const unknown = types.find((type) => type !== 'builtin' && type !== 'custom');
  if (unknown !== undefined) throw new EngineError('invalid-argument', `invalid filter: 'type'='${unknown}'`);
};

const readDangling = (query: NetworkListQuery): boolean | undefined => {
  try {
    return booleanFilter(query.filters, 'dangling');
  } catch (cause) {
    const text = `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`;
    throw new EngineError('invalid-argument', text, { cause });
  }
};

/** The networks that `query` asks for; `isUsed` tells whether a container runs in one. @throws invalid-argument in Docker's words */
export const filterNetworks = (
  networks: readonly Network[],
  query: NetworkListQuery,
  isUsed: (network: Network) => boolean,
): readonly Network[] => {
  const { filters } = query;
  refuseUnknownFilters(filters, FILTERS);
  refuseUnknownTypes(filters['type'] ?? []);
  const dangling = readDangling(query);
  const some = (key: string, matches: (value: string) => boolean): boolean =>
    filters[key] === undefined || filters[key].length === 0 || filters[key].some(matches);
  return networks.filter(
    (network) =>
      some('name', (value) => matchesText(value, network.name)) &&
      some('id', (value) => network.id.includes(value)) &&
      some('driver', (value) => value === network.driver) &&
      some('scope', (value) => value === network.scope) &&
      some('type', (value) => (value === 'builtin') === network.predefined) &&
      matchLabels(filters['label'], network.labels) &&
      (dangling === undefined || dangling === (!network.predefined && !isUsed(network))),
  );
};
