// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTestRoom, type TestRoom } from '../../../test/support/container-room.ts';
import { kindOf } from '../../base/errors.ts';
import { seconds } from '../../base/time.ts';
import { containerConfig } from '../../spec/container-config.ts';
import { networkingConfig } from '../../spec/endpoint-settings.ts';
import { hostConfig, type RestartPolicy } from '../../spec/host-config.ts';
import type { Core } from './core.ts';
import { createContainer } from './create.ts';
import { deleteContainer } from './delete.ts';
import { killContainer } from './kill.ts';
import { monitorTasks } from './monitor.ts';
import { pauseContainer } from './pause.ts';
import { restartContainer } from './restart.ts';
import { RestartScheduler } from './restart-scheduler.ts';
import { startContainer } from './start.ts';
import { stopContainer } from './stop.ts';
import { unpauseContainer } from './unpause.ts';

type Standing = 'gone' | 'created' | 'running' | 'paused' | 'restarting' | 'exited';

/** One container as containers.md §4, §6 and §7 have it. */
interface Model {
  standing: Standing;
  policy: RestartPolicy;
  restartCount: number;
  exitCode: number;
}

interface World {
  readonly room: TestRoom;
  readonly core: Core;
  /** Lets the waits of restart policies end. */
  readonly tick: () => void;
}

const { signal } = new AbortController();
const NAMES = ['one', 'two', 'three'] as const;
type Name = (typeof NAMES)[number];

const makeWorld = async (over: AbortSignal): Promise<World> => {
  const room = createTestRoom();
  const waiting = new Set<() => void>();
  const scheduler = new RestartScheduler(async (_, aborted) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    aborted.addEventListener('abort', () => reject(aborted.reason as Error));
    waiting.add(resolve);
    await promise.finally(() => waiting.delete(resolve));
  });
  const core: Core = { ...room.core, scheduler };
  const { ready, events } = room.containerd.events.subscribe(over);
  await ready;
  void monitorTasks(core, events);
  return {
    room,
    core,
    tick: () => {
      for (const resolve of waiting) resolve();
    },
  };
};

const POLICIES: readonly RestartPolicy[] = [
  { name: 'no', maximumRetryCount: 0 },
  { name: 'always', maximumRetryCount: 0 },
  { name: 'unless-stopped', maximumRetryCount: 0 },
  { name: 'on-failure', maximumRetryCount: 2 },
];

/** What a verb is to answer, `ok` or the kind of its error, and where it leaves the container. */
interface Outcome {
  readonly answer: string;
  readonly next?: Partial<Model>;
  /** Actions that are told of the container, in any order: some have none. */
  readonly told: readonly string[];
}

interface Verb {
  readonly expect: (model: Model, code: number) => Outcome;
  readonly run: (world: World, name: Name, model: Model, code: number) => Promise<unknown>;
}

const refused = (answer: string): Outcome => ({ answer, told: [] });
const isAlive = ({ standing }: Model): boolean => standing === 'running' || standing === 'paused';

const restarts = ({ policy, restartCount }: Model, code: number): boolean => {
  if (policy.name === 'always' || policy.name === 'unless-stopped') return true;
  return policy.name === 'on-failure' && code !== 0 && restartCount < policy.maximumRetryCount;
};

/** What ends a run is told; a paused one is let go on first. */
const ending = (model: Model): readonly string[] =>
  model.standing === 'restarting' ? [] : ['kill', ...(model.standing === 'paused' ? ['unpause'] : []), 'die'];

const VERBS = {
  create: {
    expect: ({ standing }, code) =>
      standing === 'gone'
        ? {
            answer: 'ok',
            told: ['create'],
            next: {
              standing: 'created',
              policy: POLICIES[code % POLICIES.length] as RestartPolicy,
              restartCount: 0,
              exitCode: 0,
            },
          }
        : refused('conflict'),
    run: async ({ core }, name, _, code) => {
      const restartPolicy = POLICIES[code % POLICIES.length] as RestartPolicy;
      return createContainer(
        core,
        {
          name,
          config: { ...containerConfig.zero, image: 'busybox' },
          hostConfig: { ...hostConfig.zero, restartPolicy },
          networking: networkingConfig.zero,
          warnings: [],
        },
        { signal },
      );
    },
  },
  start: {
    expect: ({ standing }) => {
      if (standing === 'gone') return refused('not-found');
      if (standing === 'paused') return refused('conflict');
      if (standing === 'running' || standing === 'restarting') return { answer: 'already-running', told: [] };
      return {
        answer: 'started',
        told: ['start'],
        next: { standing: 'running', restartCount: 0, exitCode: 0 },
      };
    },
    run: async ({ core }, name) => startContainer(core, name, { signal }),
  },
  stop: {
    expect: (model) => {
      if (model.standing === 'gone') return refused('not-found');
      if (model.standing === 'created' || model.standing === 'exited')
        return { answer: 'already-stopped', told: [] };
      const exitCode = isAlive(model) ? 143 : model.exitCode;
      return { answer: 'stopped', told: [...ending(model), 'stop'], next: { standing: 'exited', exitCode } };
    },
    run: async ({ core }, name) => stopContainer(core, name, { timeout: seconds(-1) }),
  },
  kill: {
    expect: (model) => {
      if (model.standing === 'gone') return refused('not-found');
      if (model.standing === 'created' || model.standing === 'exited') return refused('conflict');
      const exitCode = isAlive(model) ? 137 : model.exitCode;
      return { answer: 'ok', told: ending(model), next: { standing: 'exited', exitCode } };
    },
    run: async ({ core }, name) => killContainer(core, name, 'KILL'),
  },
  pause: {
    expect: ({ standing }) => {
      if (standing === 'gone') return refused('not-found');
      return standing === 'running'
        ? { answer: 'ok', told: ['pause'], next: { standing: 'paused' } }
        : refused('conflict');
    },
    run: async ({ core }, name) => pauseContainer(core, name),
  },
  unpause: {
    expect: ({ standing }) => {
      if (standing === 'gone') return refused('not-found');
      return standing === 'paused'
        ? { answer: 'ok', told: ['unpause'], next: { standing: 'running' } }
        : refused('internal');
    },
    run: async ({ core }, name) => unpauseContainer(core, name),
  },
  restart: {
    expect: (model) => {
      if (model.standing === 'gone') return refused('not-found');
      const wasUp = isAlive(model) || model.standing === 'restarting';
      return {
        answer: 'ok',
        told: [...(wasUp ? [...ending(model), 'stop'] : []), 'start', 'restart'],
        next: { standing: 'running', restartCount: 0, exitCode: 0 },
      };
    },
    run: async ({ core }, name) => restartContainer(core, name, { timeout: seconds(-1) }),
  },
  remove: {
    expect: ({ standing }) => {
      if (standing === 'gone') return refused('not-found');
      return standing === 'created' || standing === 'exited'
        ? { answer: 'ok', told: ['destroy'], next: { standing: 'gone' } }
        : refused('conflict');
    },
    run: async ({ core }, name) => deleteContainer(core, name, { force: false, volumes: false, link: false }),
  },
  removeByForce: {
    expect: (model) => {
      if (model.standing === 'gone') return refused('not-found');
      const told = isAlive(model) ? [...ending(model), 'destroy'] : ['destroy'];
      return { answer: 'ok', told, next: { standing: 'gone' } };
    },
    run: async ({ core }, name) => deleteContainer(core, name, { force: true, volumes: true, link: false }),
  },
  exit: {
    expect: (model, code) => {
      if (!isAlive(model)) return { answer: 'ok', told: [] };
      return restarts(model, code)
        ? {
            answer: 'ok',
            told: ['die'],
            next: { standing: 'restarting', exitCode: code, restartCount: model.restartCount + 1 },
          }
        : { answer: 'ok', told: ['die'], next: { standing: 'exited', exitCode: code } };
    },
    run: async ({ room, core }, name, model, code) => {
      if (isAlive(model)) room.containerd.exit({ id: core.ledger.resolve(name).id }, code);
    },
  },
  wait: {
    expect: ({ standing }) =>
      standing === 'restarting'
        ? { answer: 'ok', told: ['start'], next: { standing: 'running', exitCode: 0 } }
        : { answer: 'ok', told: [] },
    run: async ({ tick }, _, { standing }) => {
      if (standing === 'restarting') tick();
    },
  },
} as const satisfies Record<string, Verb>;

type VerbName = keyof typeof VERBS;

const standingOf = (core: Core, name: Name): Omit<Model, 'policy'> => {
  const id = core.ledger.names.holder(name);
  const container = id && core.ledger.get(id);
  if (!container) return { standing: 'gone', restartCount: 0, exitCode: 0 };
  const { state, restartCount } = container;
  const exitCode = state.status === 'exited' || state.status === 'restarting' ? state.exitCode : 0;
  return { standing: state.status as Standing, restartCount, exitCode };
};

const turns = async (isDone: () => boolean): Promise<void> => {
  for (let count = 0; count < 300 && !isDone(); count += 1) await new Promise(setImmediate);
};

/** Each run is told to begin before it ends, each container is made first and destroyed last. */
const assertOrder = (actions: readonly string[]): void => {
  assert.equal(actions[0], 'create');
  let isUp = false;
  for (const [index, action] of actions.entries()) {
    if (action === 'start') assert.ok(!isUp, `started while it ran: ${actions.join(' ')}`);
    if (action === 'die') assert.ok(isUp, `died without a run: ${actions.join(' ')}`);
    if (action === 'start' || action === 'die') isUp = action === 'start';
    if (action === 'destroy') assert.equal(index, actions.length - 1, 'something came after its end');
  }
};

interface Step {
  readonly verb: VerbName;
  readonly name: Name;
  readonly code: number;
}

const apply = async (world: World, models: Map<Name, Model>, { verb, name, code }: Step): Promise<void> => {
  const blank: Model = {
    standing: 'gone',
    policy: POLICIES[0] as RestartPolicy,
    restartCount: 0,
    exitCode: 0,
  };
  const model = models.get(name) ?? blank;
  const { expect, run }: Verb = VERBS[verb];
  const { answer, next, told } = expect(model, code);
  const before = world.room.events.length;
  const got = await run(world, name, model, code).then(
    (value) => (typeof value === 'string' ? value : 'ok'),
    (error: unknown) => kindOf(error),
  );
  const after: Model = { ...model, ...next };
  const { policy: _, ...wanted } = after.standing === 'gone' ? blank : after;
  if (wanted.standing !== 'exited' && wanted.standing !== 'restarting') wanted.exitCode = 0;
  const where = `${verb} of a ${model.standing} container`;
  const toldNow = (): string[] =>
    world.room.events
      .slice(before)
      .filter(({ type }) => type === 'container')
      .map(({ action }) => action);
  await turns(
    () => toldNow().length >= told.length && standingOf(world.core, name).standing === wanted.standing,
  );
  assert.equal(got, answer, where);
  assert.deepEqual(standingOf(world.core, name), wanted, where);
  assert.deepEqual(toldNow().toSorted(), [...told].toSorted(), where);
  models.set(name, after);
};

const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom(...(Object.keys(VERBS) as VerbName[])),
  name: fc.constantFrom(...NAMES),
  code: fc.constantFrom(0, 1, 2, 3),
});

test('any verbs on any containers: answers, states, counts and events are those of the state machine', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const over = new AbortController();
      const world = await makeWorld(over.signal);
      const models = new Map<Name, Model>();
      try {
        for (const each of steps) {
          // A tick ends all waits at once: only one container may wait for its restart at a time.
          for (const [name, { standing }] of models)
            if (standing === 'restarting' && name !== each.name)
              await apply(world, models, { ...each, verb: 'wait', name });
          await apply(world, models, each);
        }
        const byActor = Map.groupBy(
          world.room.events.filter(({ type }) => type === 'container'),
          ({ actor }) => actor,
        );
        for (const events of byActor.values()) assertOrder(events.map(({ action }) => action));
        await world.core.cleanups.idle();
        const running = [...models.values()].filter(isAlive).length;
        assert.equal(world.room.sandboxes.size, running, 'a sandbox for each that runs, and no other');
        const there = [...models.values()].filter(({ standing }) => standing !== 'gone').length;
        assert.equal(world.room.layers.size, there, 'a layer for each that is there, and no other');
        assert.equal((await world.room.containerd.tasks.list()).length, running);
      } finally {
        over.abort();
        world.core.health.endAll();
        world.core.scheduler.cancelAll();
      }
    }),
    { numRuns: 60 },
  );
});
