// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { HostNetwork } from './host-network.ts';

/** Settings in memory: those of `settings` exist, others do not. Writes are kept in order. */
export interface FakeHostNetwork extends HostNetwork {
  readonly writes: readonly (readonly [name: string, value: string])[];
}

export const createFakeHostNetwork = (
  settings: Readonly<Record<string, string>> = {},
  resolver = 'nameserver 10.0.0.53\n',
): FakeHostNetwork => {
  const values = new Map(Object.entries(settings));
  const writes: (readonly [string, string])[] = [];
  return {
    writes,
    setting: (name) => values.get(name),
    changeSetting: (name, value) => {
      if (!values.has(name)) throw new EngineError('not-found', `no such setting: ${name}`);
      values.set(name, value);
      writes.push([name, value]);
    },
    resolverConfiguration: () => ({ path: '/etc/resolv.conf', text: resolver }),
  };
};
