// SPDX-License-Identifier: Apache-2.0
import type { Port } from '../../spec/port.ts';
import { type PublishedPort, countOf } from './published-port.ts';

const inOrder = (one: Port, other: Port): number =>
  one.protocol === other.protocol ? one.number - other.number : one.protocol < other.protocol ? -1 : 1;

/** One entry a container's port: bindings of the same ones are joined. */
const joinBindings = (ports: readonly PublishedPort[]): readonly PublishedPort[] => {
  const joined = new Map<string, PublishedPort>();
  for (const published of ports) {
    const { port, bindings } = published;
    const key = `${port.protocol} ${port.number} ${countOf(published)}`;
    const known = joined.get(key)?.bindings ?? [];
    joined.set(key, { ...published, bindings: [...known, ...bindings] });
  }
  return [...joined.values()];
};

/** Whether `next` goes on where `published` ends, at the same addresses. */
const continues = (published: PublishedPort, next: PublishedPort): boolean => {
  const count = countOf(published);
  return (
    published.port.protocol === next.port.protocol &&
    published.port.number + count === next.port.number &&
    published.bindings.length === next.bindings.length &&
    published.bindings.every(({ address, port }, index) => {
      const other = next.bindings[index];
      return other?.address === address && other.port === (port === 0 ? 0 : port + count);
    })
  );
};

/** The same ports in as few entries as possible: those that follow each other on both sides are one. In order. */
export const compactPorts = (ports: readonly PublishedPort[]): readonly PublishedPort[] => {
  const compact: PublishedPort[] = [];
  for (const next of joinBindings(ports).toSorted((one, other) => inOrder(one.port, other.port))) {
    const last = compact.at(-1);
    if (last && continues(last, next))
      compact.splice(-1, 1, { ...last, count: countOf(last) + countOf(next) });
    else compact.push(next);
  }
  return compact;
};
