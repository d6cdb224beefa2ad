// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import type { ContainerConfig, HealthcheckConfig } from '../container-config.ts';
import { parseGoDuration } from '../go-duration.ts';
import { parseSignal } from '../signals.ts';
import { exposedPorts } from './exposed-ports.ts';
import { type Instruction, readInstructions, readJsonList } from './instruction.ts';
import { expandWord, type Lookup, splitWords } from './words.ts';

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

/** What has changed so far. */
interface Change {
  readonly config: ContainerConfig;
  /** A command was set: an entrypoint that follows leaves it. */
  readonly commandSet: boolean;
}

type Apply = (change: Change, instruction: Instruction) => Change;

const lookupIn =
  ({ env = [] }: ContainerConfig): Lookup =>
  (name) =>
    env.findLast((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);

/** Words after the name, expanded with the variables from before. */
const wordsOf = ({ config }: Change, { text }: Instruction): readonly string[] => {
  const listed = readJsonList(text);
  return (listed ?? text.split(/\s+/)).map((word) => expandWord(word, lookupIn(config)));
};

const required = ({ name, text }: Instruction, what: string): void => {
  if (text === '') throw invalid(`${name.toUpperCase()} requires ${what}`);
};

/** `k=v …`, or `k v` of old. */
const pairsOf = (change: Change, instruction: Instruction): readonly (readonly [string, string])[] => {
  const { name, text } = instruction;
  required(instruction, 'at least one argument');
  const lookup = lookupIn(change.config);
  const words = splitWords(text);
  if (!(words[0] ?? '').includes('=')) {
    const [, key = '', value = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    if (value === '') throw invalid(`${name.toUpperCase()} must have two arguments`);
    return [[expandWord(key, lookup), expandWord(value, lookup)]];
  }
  return words.map((word) => {
    const at = word.indexOf('=');
    if (at < 0)
      throw invalid(
        `Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`,
      );
    const key = expandWord(word.slice(0, at), lookup);
    if (key === '') throw invalid(`${name.toUpperCase()} names can not be blank`);
    return [key, expandWord(word.slice(at + 1), lookup)];
  });
};

const setEnv = (env: readonly string[], [key, value]: readonly [string, string]): readonly string[] => {
  const at = env.findIndex((entry) => entry === key || entry.startsWith(`${key}=`));
  return at < 0 ? [...env, `${key}=${value}`] : env.with(at, `${key}=${value}`);
};

/** A list as it is, or a text for the shell. */
const programOf = ({ shell }: ContainerConfig, text: string): readonly string[] => {
  const listed = readJsonList(text);
  if (listed) return listed;
  return text === '' ? [] : [...(shell && shell.length > 0 ? shell : ['/bin/sh', '-c']), text];
};

const oneText = (change: Change, instruction: Instruction): string => {
  required(instruction, 'exactly one argument');
  return expandWord(instruction.text, lookupIn(change.config));
};

const change = (former: Change, config: Partial<ContainerConfig>): Change => ({
  ...former,
  config: { ...former.config, ...config },
});

const spanOf = ({ flags }: Instruction, name: string): number => {
  const text = flags.get(name) ?? '';
  if (text === '') return 0;
  const span = parseGoDuration(text);
  if (span === undefined) throw invalid(`time: invalid duration ${JSON.stringify(text)}`);
  if (span < 0n || (span > 0n && span < 1_000_000n))
    throw invalid(`Interval ${JSON.stringify(name)} cannot be less than 1ms`);
  return Number(span);
};

const retriesOf = ({ flags }: Instruction): number => {
  const text = flags.get('retries') ?? '';
  if (text === '') return 0;
  const retries = Number(text);
  if (!Number.isInteger(retries))
    throw invalid(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (retries < 0) throw invalid(`--retries cannot be negative (${retries})`);
  return retries;
};

const healthcheckOf = (instruction: Instruction): HealthcheckConfig => {
  required(instruction, 'at least one argument');
  const [, type = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(instruction.text) ?? [];
  const none = { interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0 };
  if (type.toUpperCase() === 'NONE') {
    if (rest !== '') throw invalid('HEALTHCHECK NONE takes no arguments');
    return { ...none, test: ['NONE'] };
  }
  if (type.toUpperCase() !== 'CMD')
    throw invalid(`Unknown type ${JSON.stringify(type.toUpperCase())} in HEALTHCHECK (try CMD)`);
  if (rest === '') throw invalid('Missing command after HEALTHCHECK CMD');
  const listed = readJsonList(rest);
  return {
    test: listed ? ['CMD', ...listed] : ['CMD-SHELL', rest],
    interval: spanOf(instruction, 'interval'),
    timeout: spanOf(instruction, 'timeout'),
    startPeriod: spanOf(instruction, 'start-period'),
    startInterval: spanOf(instruction, 'start-interval'),
    retries: retriesOf(instruction),
  };
};

const triggerOf = (instruction: Instruction): string => {
  required(instruction, 'at least one argument');
  const word = (instruction.text.split(/\s/, 1)[0] ?? '').toUpperCase();
  if (word === 'ONBUILD') throw invalid("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (word === 'FROM' || word === 'MAINTAINER') throw invalid(`${word} isn't allowed as an ONBUILD trigger`);
  return instruction.text;
};

/** Instructions that change a configuration. Source: `docker commit`, "Commit a container with new configurations". */
const CHANGES: Readonly<Record<string, Apply>> = {
  cmd: (former, { text }) => ({
    ...change(former, { cmd: programOf(former.config, text) }),
    commandSet: true,
  }),
  entrypoint: (former, { text }) =>
    change(former, {
      entrypoint: programOf(former.config, text),
      ...(former.commandSet ? {} : { cmd: undefined }),
    }),
  env: (former, instruction) =>
    change(former, { env: pairsOf(former, instruction).reduce(setEnv, former.config.env ?? []) }),
  label: (former, instruction) =>
    change(former, {
      labels: { ...former.config.labels, ...Object.fromEntries(pairsOf(former, instruction)) },
    }),
  expose: (former, instruction) => {
    required(instruction, 'at least one argument');
    const ports = wordsOf(former, instruction)
      .flatMap((word) => word.split(/\s+/))
      .flatMap(exposedPorts);
    const added = Object.fromEntries(ports.map((port) => [port, {}]));
    return change(former, { exposedPorts: { ...former.config.exposedPorts, ...added } });
  },
  volume: (former, instruction) => {
    required(instruction, 'at least one argument');
    const paths = wordsOf(former, instruction);
    if (paths.length === 0) throw invalid('VOLUME requires at least one argument');
    if (paths.includes('')) throw invalid('VOLUME specified can not be an empty string');
    const added = Object.fromEntries(paths.map((path) => [path, {}]));
    return change(former, { volumes: { ...former.config.volumes, ...added } });
  },
  user: (former, instruction) => change(former, { user: oneText(former, instruction) }),
  workdir: (former, instruction) => {
    const before = former.config.workingDir === '' ? '/' : former.config.workingDir;
    return change(former, { workingDir: posix.resolve('/', before, oneText(former, instruction)) });
  },
  stopsignal: (former, instruction) => {
    const stopSignal = oneText(former, instruction);
    parseSignal(stopSignal);
    return change(former, { stopSignal });
  },
  healthcheck: (former, instruction) => change(former, { healthcheck: healthcheckOf(instruction) }),
  onbuild: (former, instruction) =>
    change(former, { onBuild: [...(former.config.onBuild ?? []), triggerOf(instruction)] }),
};

const HEALTHCHECK_FLAGS = ['interval', 'timeout', 'start-period', 'start-interval', 'retries'];

const checkFlags = ({ name, flags }: Instruction): void => {
  const known = name.toLowerCase() === 'healthcheck' ? HEALTHCHECK_FLAGS : [];
  const unknown = flags.keys().find((flag) => !known.includes(flag));
  if (unknown !== undefined) throw invalid(`unknown flag: --${unknown}`);
};

const applyOne = (former: Change, instruction: Instruction): Change => {
  const apply = CHANGES[instruction.name.toLowerCase()];
  if (!apply) throw invalid(`${instruction.name} is not a valid change command`);
  checkFlags(instruction);
  return apply(former, instruction);
};

/** The configuration after some instructions of a Dockerfile. @throws invalid-argument in Docker's words */
export const applyChanges = (config: ContainerConfig, changes: readonly string[]): ContainerConfig => {
  const instructions = readInstructions(changes.join('\n'));
  // One that is not allowed is told before any other fault.
  const refused = instructions.find(({ name }) => !(name.toLowerCase() in CHANGES));
  if (refused) throw invalid(`${refused.name} is not a valid change command`);
  const start: Change = { config, commandSet: false };
  return instructions.reduce(applyOne, start).config;
};
