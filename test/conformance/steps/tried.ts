// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../../support/engine.ts';
import type { Json } from '../mask.ts';
import { COMMON_VERSION, custom, newer, rewrite, type Step } from '../step.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A create body in short: an image and a command that stays are put in. */
export type Body = Fields & { readonly HostConfig?: Fields };

interface Trial {
  readonly covers: readonly string[];
  /** The version to ask in; the common one by default. */
  readonly version?: string;
}

const whole = (body: Body): object => ({ Image: 'busybox', Cmd: ['sleep', '600'], ...body });

const pick = (from: Fields, asked: Fields): Fields =>
  Object.fromEntries(Object.keys(asked).map((key) => [key, key in from ? from[key] : 'absent']));

interface Inspected {
  readonly Config: Fields;
  readonly HostConfig: Fields;
  readonly State: Fields;
}

async function created(
  engine: Engine,
  body: Body,
  version: string,
): Promise<{ id?: string; answer: Fields }> {
  const { status, json } = await engine.request('POST', `/v${version}/containers/create`, {
    body: whole(body),
  });
  const { Id, ...rest } = json as { Id?: string };
  return Id === undefined ? { answer: { status, ...rest } } : { id: Id, answer: { status, ...rest } };
}

async function inspected(engine: Engine, id: string, version: string): Promise<Inspected> {
  return (await engine.request('GET', `/v${version}/containers/${id}/json`)).json as Inspected;
}

/** Creates a container and tells the answer, and what inspect makes of the fields that were sent. */
export function told(name: string, body: Body, { covers, version = COMMON_VERSION }: Trial): Step {
  const observe = async (engine: Engine): Promise<unknown> => {
    const { id, answer } = await created(engine, body, version);
    if (id === undefined) return answer;
    const { Config, HostConfig } = await inspected(engine, id, version);
    await engine.request('DELETE', `/v${version}/containers/${id}?v=1`);
    const { HostConfig: host = {}, NetworkingConfig: _, ...config } = body;
    return { ...answer, Config: pick(Config, config), HostConfig: pick(HostConfig, host) };
  };
  return custom(name, ({ engine }) => observe(engine), { covers });
}

/** Creates and starts a container and tells both answers, and its state, when that fails. */
export function tried(name: string, body: Body, { covers, version = COMMON_VERSION }: Trial): Step {
  const observe = async (engine: Engine): Promise<unknown> => {
    const { id, answer } = await created(engine, body, version);
    if (id === undefined) return answer;
    const started = await engine.request('POST', `/v${version}/containers/${id}/start`);
    const { State } = await inspected(engine, id, version);
    await engine.request('DELETE', `/v${version}/containers/${id}?v=1&force=1`);
    const state = { Status: State['Status'], ExitCode: State['ExitCode'], Error: State['Error'] };
    return { ...answer, started: started.status, ...(started.json as object | undefined), state };
  };
  return custom(name, ({ engine }) => observe(engine), { covers });
}

/** Where the runtime failed, 28 puts a sentence before what the shim says. */
export function withTaskText(step: Step): Step {
  return newer(step, 'the text of 28 says what failed before the shim says why', (oracle) =>
    JSON.parse(
      JSON.stringify(oracle).replaceAll(
        'failed to create shim task',
        'failed to create task for container: failed to create shim task',
      ),
    ),
  );
}

/** A start that fails otherwise: the status and the text of 28.5. */
export function failing(step: Step, status: number, message: string): Step {
  return newer(step, 'the text of 28.5', (oracle) => {
    const { state, ...rest } = oracle as { readonly [key: string]: Json };
    return { ...rest, started: status, message, state: { ...(state as object), Error: message } };
  });
}

/** Runs a command in a container of its own and tells what it printed and its exit code. */
export function ran(name: string, body: Body, command: string, trial: Trial): Step {
  const observe = async (engine: Engine): Promise<unknown> => {
    const version = trial.version ?? COMMON_VERSION;
    const { id, answer } = await created(engine, { ...body, Cmd: ['sh', '-c', command] }, version);
    if (id === undefined) return answer;
    const { stdout, stderr, code } = await engine.docker(['start', '-a', id]);
    await engine.request('DELETE', `/v${version}/containers/${id}?v=1&force=1`);
    return { ...answer, code, stdout: stdout.split('\n').filter(Boolean), stderr };
  };
  return custom(name, ({ engine }) => observe(engine), { covers: trial.covers });
}

/** The observation without keys that came or went since 20.10. */
export function without(step: Step, because: string, ...keys: readonly string[]): Step {
  return newer(step, because, (oracle) =>
    rewrite(oracle, (record) =>
      Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key))),
    ),
  );
}
