// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../support/engine.ts';
import type { HttpRequestOptions } from '../support/http-request.ts';
import { endpointRows } from './coverage/endpoint.ts';
import { maskJson, maskText, shapeOf, type Json } from './mask.ts';

/** Where a step runs: one engine with its images and registry, and what earlier steps of the group have noted. */
export interface Lab {
  readonly engine: Engine;
  /** host:port of the registry in the engine's namespace. */
  readonly registry: string;
  /** A directory of files for the steps, the same on both sides. */
  readonly files: string;
  /** Values that one step keeps for a later one (ids mostly). */
  readonly notes: Map<string, string>;
}

/** One thing done to both engines. Its observation is compared as it is, or as `expect` turns what dockerd 20.10 said. */
export interface Step {
  readonly name: string;
  /** Why dockerd 20.10 is not the measure here: the spec of 28.5 says something else. */
  readonly because?: string;
  /** From dockerd's observation to the one that Berth must give. */
  readonly expect?: (oracle: Json) => Json;
  /** Marks what a later part of the engine brings. */
  readonly isLater?: boolean;
  /** Asks Berth alone: what dockerd 20.10 does not have. `expect` then says all that is expected. */
  readonly isAlone?: boolean;
  /** The names of the rows (rows/) that this step shows to hold: `HostConfig.CpuShares`, `exec: User`. */
  readonly covers?: readonly string[];
  observe(lab: Lab): Promise<Json>;
}

/** Steps of one noun, done in order; each group begins on engines without containers. */
export interface StepGroup {
  readonly noun: string;
  /** What every step of the group covers. */
  readonly covers?: readonly string[];
  readonly steps: readonly Step[];
}

/** The newest API version that dockerd 20.10 speaks: both sides are asked in it. */
export const COMMON_VERSION = '1.41';

/** What is not part of the engine yet: the step runs and is reported, its verdict does not fail the suite. */
export function later(step: Step): Step {
  return { ...step, isLater: true };
}

/** The same steps, which cover these rows too: `...covering('HostConfig.Binds', step, step)` in a list of steps. */
export function covering(names: string | readonly string[], ...steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => ({ ...step, covers: [...(step.covers ?? []), ...[names].flat()] }));
}

/** What any step may say of itself. */
export interface StepOptions {
  /** The rows that it covers. */
  readonly covers?: readonly string[];
}

/** How a CLI step reads its output. */
export interface CliOptions extends StepOptions {
  readonly input?: string | Uint8Array;
  /** Sort the lines of stdout: their order is nobody's promise. */
  readonly sort?: boolean;
  /** Read stdout as JSON. */
  readonly json?: boolean;
  /** Compare the shape of the JSON alone. */
  readonly shape?: boolean;
  /** Further rules for this step's output. */
  readonly rules?: readonly (readonly [RegExp, string])[];
  /** Leave stderr out. */
  readonly ignoreStderr?: boolean;
  /** Keep the trimmed stdout under this name for later steps. */
  readonly note?: string;
}

function fill(text: string, lab: Lab): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (name === 'registry') return lab.registry;
    if (name === 'files') return lab.files;
    return lab.notes.get(name) ?? whole;
  });
}

function applyRules(text: string, rules: CliOptions['rules'] = []): string {
  return rules.reduce((masked, [pattern, name]) => masked.replace(pattern, name), text);
}

function linesOf(text: string, sort: boolean): Json {
  const lines = text.replace(/\n$/, '').split('\n');
  return sort ? lines.toSorted() : lines.length === 1 ? (lines[0] ?? '') : lines;
}

/** A docker CLI call. `{name}` in an argument stands for a noted value, `{registry}` and `{files}` for the lab's. */
export function cli(name: string, args: readonly string[], options: CliOptions = {}): Step {
  return {
    name,
    covers: options.covers ?? [],
    observe: async (lab) => {
      const filled = args.map((argument) => fill(argument, lab));
      const result = await lab.engine.docker(filled, {
        ...(options.input === undefined ? {} : { input: options.input }),
        env: { DOCKER_API_VERSION: COMMON_VERSION },
      });
      if (options.note !== undefined) lab.notes.set(options.note, result.stdout.trim());
      const mask = (text: string): string => applyRules(maskText(text, lab.engine.directory), options.rules);
      const parsed: unknown =
        options.json === true && result.code === 0 ? JSON.parse(result.stdout) : undefined;
      const stdout =
        parsed === undefined
          ? linesOf(mask(result.stdout), options.sort ?? false)
          : options.shape === true
            ? shapeOf(parsed)
            : maskJson(parsed, lab.engine.directory);
      return {
        code: result.code,
        stdout,
        ...(options.ignoreStderr === true ? {} : { stderr: linesOf(mask(result.stderr), false) }),
      };
    },
  };
}

/** How an API step reads its answer. */
export interface ApiOptions extends HttpRequestOptions, StepOptions {
  /** Response headers to compare, in lower case. */
  readonly heads?: readonly string[];
  /** Compare the shape of the body alone. */
  readonly shape?: boolean;
  /** Take a part of the JSON body. */
  readonly pick?: (body: never) => unknown;
  /** Ask without a version in the path. */
  readonly unversioned?: boolean;
  /** The version to ask in, instead of the common one. */
  readonly version?: string;
  /** Keep a text of the JSON body under a name for later steps. */
  readonly note?: readonly [name: string, key: string];
}

function bodyOf(text: string, json: unknown, options: ApiOptions, lab: Lab): Json {
  if (json === undefined || typeof json !== 'object') return maskText(text, lab.engine.directory);
  const part = options.pick === undefined ? json : options.pick(json as never);
  return options.shape === true ? shapeOf(part) : maskJson(part, lab.engine.directory);
}

/** A raw API call, in the common version unless another is given: status, chosen headers, body. `{name}` in the path stands for a noted value. */
export function api(name: string, method: string, path: string, options: ApiOptions = {}): Step {
  return {
    name,
    covers: [...endpointRows(method, path), ...(options.covers ?? [])],
    observe: async (lab) => {
      const prefix = options.unversioned === true ? '' : `/v${options.version ?? COMMON_VERSION}`;
      const answer = await lab.engine.request(method, prefix + fill(path, lab), options);
      if (options.note !== undefined && typeof answer.json === 'object' && answer.json !== null) {
        lab.notes.set(options.note[0], String(Reflect.get(answer.json, options.note[1])));
      }
      return {
        status: answer.status,
        type: answer.headers['content-type'] ?? 'none',
        ...Object.fromEntries(
          (options.heads ?? []).map((head) => [head, String(answer.headers[head] ?? 'absent')]),
        ),
        body: bodyOf(answer.text, answer.json, options, lab),
      };
    },
  };
}

/** A step of its own making. */
export function custom(
  name: string,
  observe: (lab: Lab) => Promise<unknown>,
  { covers = [] }: StepOptions = {},
): Step {
  return { name, covers, observe: async (lab) => maskJson(await observe(lab), lab.engine.directory) };
}

/** The same step, measured by the spec where dockerd 20.10 is older: `patch` replaces parts of what dockerd said. */
export function newer(step: Step, because: string, patch: Json | ((oracle: Json) => Json)): Step {
  const former = step.expect ?? ((oracle: Json): Json => oracle);
  const expect = typeof patch === 'function' ? patch : (oracle: Json): Json => merge(oracle, patch);
  return { ...step, because, expect: (oracle) => expect(former(oracle)) };
}

function merge(base: Json, patch: Json): Json {
  const both = [base, patch].every(
    (side) => typeof side === 'object' && side !== null && !Array.isArray(side),
  );
  if (!both) return patch;
  const [from, to] = [base, patch] as [{ [key: string]: Json }, { [key: string]: Json }];
  const merged = { ...from };
  for (const [key, value] of Object.entries(to))
    merged[key] = key in from ? merge(from[key] as Json, value) : value;
  return merged;
}

/** The step for Berth alone: dockerd 20.10 does not have what is asked, and `expected` is what the spec of 28.5 says. */
export function alone(step: Step, because: string, expected: Json): Step {
  return { ...step, because, isAlone: true, expect: () => expected };
}

/** A refusal whose status and text are those of 28.5. */
export function refused(step: Step, status: number, message: string): Step {
  return newer(step, 'the text of 28.5', (oracle) => ({ ...(oracle as object), status, body: { message } }));
}

/** The same step where 28.5 says `to` instead of `from` anywhere in the observation. */
export function reworded(step: Step, from: string, to: string): Step {
  const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
  return newer(step, 'the wording of 28.5', (oracle) =>
    JSON.parse(JSON.stringify(oracle).replaceAll(quoted(from), quoted(to))),
  );
}

/** The observation with every object changed that `change` knows: for keys that came or went since 20.10. */
export function rewrite(value: Json, change: (record: Record<string, Json>) => Record<string, Json>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => rewrite(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const record = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item, change)]));
  return change(record);
}

/** Endpoints have two keys more since 1.44 and 1.48, in every version of the API. */
export function withEndpointKeys(step: Step): Step {
  return newer(step, 'endpoints have GwPriority and DNSNames since 28', (oracle) =>
    rewrite(oracle, (record) =>
      'GlobalIPv6PrefixLen' in record && 'NetworkID' in record
        ? { ...record, GwPriority: 0, DNSNames: null }
        : record,
    ),
  );
}
