// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../base/errors.ts';
import { type Option, type OptionName, optionRows, type Settings } from './options/table.ts';

/** The name by which the daemon speaks of itself on the command line. */
export const PROGRAM = 'berthd';

type Row = readonly [OptionName, Option<unknown>];

const usageError = (text: string): EngineError =>
  new EngineError('invalid-argument', `Status: ${text}\nSee '${PROGRAM} --help'., Code: 125`);

const isSwitch = ([, option]: Row): boolean => option.kind.placeholder === '';

/** Reads the command line as dockerd's own parser (pflag) does: `--flag value`, `--flag=value`, `-Dl debug`, `-H=x`. */
class FlagReader {
  readonly #settings = new Map<OptionName, unknown>();
  readonly #byName: ReadonlyMap<string, Row>;
  readonly #byShort: ReadonlyMap<string, Row>;
  readonly #args: string[];

  constructor(args: readonly string[]) {
    const rows = optionRows().filter(([, option]) => option.only !== 'file');
    this.#byName = new Map(rows.map((row) => [row[0], row]));
    this.#byShort = new Map(rows.flatMap((row) => (row[1].short === undefined ? [] : [[row[1].short, row]])));
    this.#args = [...args];
  }

  read(): Settings {
    const rest: string[] = [];
    for (let arg = this.#args.shift(); arg !== undefined; arg = this.#args.shift()) {
      if (arg === '--') rest.push(...this.#args.splice(0));
      else if (arg.startsWith('--')) this.#readLong(arg.slice(2));
      else if (arg.startsWith('-') && arg.length > 1) this.#readShort(arg.slice(1));
      else rest.push(arg);
    }
    if (rest.length > 0)
      throw new EngineError(
        'invalid-argument',
        `"${PROGRAM}" accepts no arguments.\nSee '${PROGRAM} --help'.\n\nUsage:  ${PROGRAM} [OPTIONS]\n\nA self-sufficient runtime for containers.`,
      );
    return Object.fromEntries(this.#settings) as Settings;
  }

  #readLong(text: string): void {
    const at = text.indexOf('=');
    const name = at < 0 ? text : text.slice(0, at);
    if (name === '' || name.startsWith('-')) throw usageError(`bad flag syntax: --${text}`);
    const row = this.#byName.get(name);
    if (!row) throw usageError(`unknown flag: --${name}`);
    const value = at >= 0 ? text.slice(at + 1) : isSwitch(row) ? 'true' : this.#args.shift();
    if (value === undefined) throw usageError(`flag needs an argument: --${name}`);
    this.#set(row, value);
  }

  #readShort(text: string): void {
    for (let rest = text; rest !== '';) {
      const letter = rest.charAt(0);
      const row = this.#byShort.get(letter);
      if (!row) throw usageError(`unknown shorthand flag: '${letter}' in -${rest}`);
      const tail = rest.slice(1);
      rest = '';
      if (tail.startsWith('=')) this.#set(row, tail.slice(1));
      else if (isSwitch(row)) {
        this.#set(row, 'true');
        rest = tail;
      } else {
        const value = tail === '' ? this.#args.shift() : tail;
        if (value === undefined) throw usageError(`flag needs an argument: '${letter}' in -${text}`);
        this.#set(row, value);
      }
    }
  }

  #set([name, option]: Row, text: string): void {
    try {
      this.#settings.set(name, option.kind.parse(text, this.#settings.get(name)));
    } catch (error) {
      const flag = option.short === undefined ? `--${name}` : `-${option.short}, --${name}`;
      throw usageError(`invalid argument "${text}" for "${flag}" flag: ${messageOf(error)}`);
    }
  }
}

/** What the command line sets. @throws invalid-argument whose message is the whole text for the operator */
export const parseFlags = (args: readonly string[]): Settings => new FlagReader(args).read();
