// SPDX-License-Identifier: Apache-2.0
import type { Containerd } from '../../adapters/containerd/index.ts';
import type { Programs } from '../../adapters/host/index.ts';
import type { Component } from './system.ts';

/** What is known of one program that the engine runs or rests on. */
export interface ProgramFacts {
  readonly version: string;
  /** `N/A` when it does not say. */
  readonly commit: string;
  /** `runc features`, as JSON text; absent where the runtime has no such command. */
  readonly features?: string;
}

/** The programs beneath the engine; asked once, when the daemon starts. */
export interface ComponentFacts {
  readonly containerd: ProgramFacts;
  readonly runc: ProgramFacts;
  readonly init: ProgramFacts;
  /** `features` text by runtime name. */
  readonly runtimeFeatures: ReadonlyMap<string, string>;
}

export interface ComponentDeps {
  readonly programs: Programs;
  readonly containerd: Pick<Containerd, 'version'>;
  /** Resolves when containerd can be asked. */
  readonly ready: Promise<unknown>;
  readonly runtimes: Readonly<Record<string, { readonly binary: string }>>;
  /** From `findInit`. */
  readonly initPath: string | undefined;
}

/** What stands for a program that is missing or says nothing. */
const UNKNOWN: ProgramFacts = { version: 'N/A', commit: 'N/A' };

/** Inits in the order of choice. A static one runs in any image; a dynamic one needs the image's own libc. */
const INITS = ['docker-init', 'tini-static', 'tini'];

/** The absolute path of the init for containers; `configured` names one, empty to look for one. `undefined` when there is none. */
export const findInit = (programs: Pick<Programs, 'find'>, configured: string): string | undefined =>
  (configured === '' ? INITS : [configured])
    .map((name) => programs.find(name))
    .find((path) => path !== undefined);

/** What is known before anything was asked. */
export const UNKNOWN_COMPONENTS: ComponentFacts = {
  containerd: UNKNOWN,
  runc: UNKNOWN,
  init: UNKNOWN,
  runtimeFeatures: new Map(),
};

/** Reads `runc version 1.1.5\ncommit: x` and `tini version 0.19.0 - git.de40ad0`. */
export const parseVersion = (text: string): ProgramFacts => ({
  version: /\bversion:? (\S+)/.exec(text)?.[1] ?? UNKNOWN.version,
  commit: /^commit: *(\S+)|git\.([0-9a-f]+)/m.exec(text)?.slice(1).find(Boolean) ?? UNKNOWN.commit,
});

const askVersion = async (programs: Programs, name: string | undefined): Promise<ProgramFacts> => {
  const path = name === undefined ? undefined : programs.find(name);
  const text = path === undefined ? undefined : await programs.ask(path, ['--version']);
  return text === undefined ? UNKNOWN : parseVersion(text);
};

const compact = (text: string): string | undefined => {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
};

const askFeatures = async (deps: ComponentDeps): Promise<ReadonlyMap<string, string>> => {
  const binaries = new Set(Object.values(deps.runtimes).map((runtime) => runtime.binary));
  const texts = new Map<string, string>();
  for (const binary of binaries) {
    const path = deps.programs.find(binary);
    const text = path === undefined ? undefined : await deps.programs.ask(path, ['features']);
    const features = text === undefined ? undefined : compact(text);
    if (features !== undefined) texts.set(binary, features);
  }
  return new Map(
    Object.entries(deps.runtimes).flatMap(([name, { binary }]) => {
      const features = texts.get(binary);
      return features === undefined ? [] : [[name, features] as const];
    }),
  );
};

const askContainerd = async ({ containerd, ready }: ComponentDeps): Promise<ProgramFacts> => {
  await ready;
  const { version, revision } = await containerd.version();
  return { version, commit: revision === '' ? UNKNOWN.commit : revision };
};

/** Asks the programs beneath the engine what they are. One that is missing is no error here. */
export const probeComponents = async (deps: ComponentDeps): Promise<ComponentFacts> => {
  const [containerd, runc, init, runtimeFeatures] = await Promise.all([
    askContainerd(deps),
    askVersion(deps.programs, 'runc'),
    askVersion(deps.programs, deps.initPath),
    askFeatures(deps),
  ]);
  return { containerd, runc, init, runtimeFeatures };
};

/** The programs as `/version` lists them, beneath the engine itself. */
export const componentList = (facts: ComponentFacts): readonly Component[] => [
  { name: 'containerd', version: facts.containerd.version, details: { GitCommit: facts.containerd.commit } },
  { name: 'runc', version: facts.runc.version, details: { GitCommit: facts.runc.commit } },
  { name: 'docker-init', version: facts.init.version, details: { GitCommit: facts.init.commit } },
];
