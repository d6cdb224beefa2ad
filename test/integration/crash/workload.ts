// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../../support/engine.ts';

/** What the clients of a workload know for certain when the daemon is gone. */
export interface Ledger {
  /** Containers whose creation was answered and whose removal was never asked for. */
  readonly alive: ReadonlySet<string>;
  /** Containers whose removal was answered. */
  readonly removed: ReadonlySet<string>;
  readonly deeds: number;
}

/** Clients that create, start, stop and remove containers until told to end or until the daemon is gone. */
export interface Workload {
  end(): Promise<Ledger>;
}

function pick<T>(from: readonly T[]): T | undefined {
  return from[Math.floor(Math.random() * from.length)];
}

const COMMANDS = [
  ['sleep', '600'],
  ['true'],
  ['sh', '-c', 'sleep 0.2; exit 3'],
  ['sh', '-c', 'seq 1 1000; sleep 600'],
];

/** Starts `clients` clients, each with at most three containers at a time. */
export function startWorkload(engine: Engine, clients: number): Workload {
  const [alive, removed] = [new Set<string>(), new Set<string>()];
  let deeds = 0;
  let isEnding = false;
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await engine.request(method, `/v1.41${path}`, {
      ...(body === undefined ? {} : { body }),
      timeout: 30_000,
    });
    deeds++;
    return answer;
  };
  const create = async (own: Set<string>, port: number): Promise<void> => {
    const ports =
      Math.random() < 0.3
        ? {
            ExposedPorts: { '80/tcp': {} },
            HostConfig: { PortBindings: { '80/tcp': [{ HostPort: String(port) }] } },
          }
        : {};
    const answer = await ask('POST', '/containers/create', {
      Image: 'busybox',
      Cmd: pick(COMMANDS),
      ...ports,
    });
    const { Id } = answer.json as { Id?: string };
    if (Id === undefined) return;
    own.add(Id);
    alive.add(Id);
  };
  const remove = async (own: Set<string>, id: string): Promise<void> => {
    own.delete(id);
    alive.delete(id);
    const answer = await ask('DELETE', `/containers/${id}?force=1`);
    if (answer.status === 204) removed.add(id);
  };
  const client = async (_: unknown, index: number): Promise<void> => {
    const own = new Set<string>();
    for (let turn = 0; !isEnding; turn++) {
      const id = pick([...own]);
      const deed = Math.random();
      if (id === undefined || (own.size < 3 && deed < 0.3))
        await create(own, 21_000 + index * 10 + (turn % 10));
      else if (deed < 0.65) await ask('POST', `/containers/${id}/start`);
      else if (deed < 0.75) await ask('POST', `/containers/${id}/stop?t=0`);
      else if (deed < 0.8) await ask('POST', `/containers/${id}/restart?t=0`);
      else await remove(own, id);
    }
  };
  // A request that fails is the daemon's end, which is what this is about.
  const all = Promise.allSettled(Array.from({ length: clients }, client));
  return {
    end: async () => {
      isEnding = true;
      await all;
      return { alive, removed, deeds };
    },
  };
}
