// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { EngineError, messageOf } from '../base/errors.ts';
import { keyOf, type Option, type OptionName, OPTIONS, optionRows, type Settings } from './options/table.ts';

/** Objects whose members are the option's own; members of others are looked at as options themselves. */
const WHOLE = [
  'cluster-store-opts',
  'default-network-opts',
  'log-opts',
  'runtimes',
  'default-ulimits',
  'features',
  'builder',
];
/** Keys that are taken and mean nothing. */
const IGNORED = ['deprecated-key-path', 'allow-nondistributable-artifacts'];
/** The same option may stand on both sides. */
const MERGED: readonly OptionName[] = ['add-runtime'];

const invalid = (message: string, cause?: unknown): EngineError =>
  new EngineError('invalid-argument', message, { cause });

const decodeText = (bytes: Uint8Array): string => {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(
      `failed to decode configuration JSON at offset ${firstInvalid(bytes)}: encoding: invalid UTF-8`,
      cause,
    );
  }
};

/** How many bytes from the start are valid UTF-8. */
const firstInvalid = (bytes: Uint8Array): number => {
  for (let length = 0; length < bytes.length; length += 1) {
    const decoded = new TextDecoder('utf-8', { fatal: true });
    try {
      decoded.decode(bytes.subarray(0, length + 1), { stream: true });
    } catch {
      return length;
    }
  }
  return bytes.length;
};

/** What Go's decoder would say of a text that JSON.parse refuses with `message`. */
const explainSyntax = (text: string, message: string): string => {
  const at = /position (\d+)/.exec(message)?.[1];
  if (at === undefined || Number(at) >= text.trimEnd().length) return 'unexpected end of JSON input';
  const where = message.includes('after JSON') ? 'after top-level value' : 'looking for beginning of value';
  return `invalid character '${text.charAt(Number(at))}' ${where}`;
};

const parseDocument = (text: string): Readonly<Record<string, unknown>> => {
  if (text.trim() === '') return {};
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw invalid(explainSyntax(text, messageOf(cause)), cause);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw invalid(
      `json: cannot unmarshal ${Array.isArray(document) ? 'array' : typeof document} into Go value of type map[string]interface {}`,
    );
  return document as Readonly<Record<string, unknown>>;
};

/** Members of plain objects (`proxies`) stand beside the other keys. */
const flatten = (document: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(document).flatMap(([key, value]): (readonly [string, unknown])[] =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && !WHOLE.includes(key)
        ? Object.entries(value)
        : [[key, value]],
    ),
  );

const rowByKey = (key: string): readonly [OptionName, Option<unknown>] | undefined =>
  optionRows().find(([name, option]) => option.only !== 'flag' && (keyOf(name) === key || name === key));

const refuseUnknown = (keys: readonly string[]): void => {
  const unknown = keys.filter((key) => !rowByKey(key) && !IGNORED.includes(key));
  if (unknown.includes('api-cors-header'))
    throw invalid(
      'DEPRECATED: The "api-cors-header" config parameter and the dockerd "--api-cors-header" option have been removed; use a reverse proxy if you need CORS headers',
    );
  if (unknown.length > 0)
    throw invalid(`the following directives don't match any configuration option: ${unknown.join(', ')}`);
};

const refuseTwice = (settings: Settings, flags: Settings): void => {
  const twice = optionRows()
    .filter(([name]) => settings[name] !== undefined && flags[name] !== undefined && !MERGED.includes(name))
    .map(([name, option]) => {
      const [flag, file] = [option.kind.print(flags[name]), option.kind.print(settings[name])];
      return `${keyOf(name)}: (from flag: ${flag}, from file: ${file})`;
    });
  if (twice.length > 0)
    throw invalid(
      `the following directives are specified both as a flag and in the configuration file: ${twice.join(', ')}`,
    );
};

const VALUE_CHECK = 'merged configuration validation from file and command line flags failed: ';

const decodeValue = (name: OptionName, option: Option<unknown>, value: unknown): unknown => {
  try {
    return option.kind.codec.decode(value, { struct: 'Config', keys: [keyOf(name)] });
  } catch (error) {
    const message = messageOf(error);
    const bare = message.startsWith('json: ') || message.startsWith('invalid IP address');
    throw invalid(bare ? message : VALUE_CHECK + message, error);
  }
};

/** What a text of daemon.json sets, held against the command line. @throws invalid-argument, in dockerd's words */
export const parseConfigFile = (text: string, flags: Settings): Settings => {
  const document = flatten(parseDocument(text));
  refuseUnknown([...document.keys()]);
  if (document.has('host-gateway-ip') && document.has('host-gateway-ips'))
    throw invalid('host-gateway-ip and host-gateway-ips must not both be specified in the config file');
  const settings = new Map<OptionName, unknown>();
  for (const [key, value] of document) {
    const row = rowByKey(key);
    if (!row) continue;
    const [name, option] = row;
    const list = name === 'host-gateway-ip' && typeof value === 'string' ? [value] : value;
    const decoded = decodeValue(name, option, list);
    if (decoded !== undefined) settings.set(name, decoded);
  }
  const result = Object.fromEntries(settings) as Settings;
  refuseTwice(result, flags);
  return result;
};

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const readBytes = (path: string, required: boolean): Uint8Array => {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (!isMissing(cause)) throw invalid(`open ${path}: ${messageOf(cause)}`, cause);
    if (required) throw invalid(`open ${path}: no such file or directory`, cause);
    return new Uint8Array();
  }
};

/** Reads daemon.json at `path`; a missing one is empty unless `required`. @throws invalid-argument, with dockerd's prefix */
export const readConfigFile = (path: string, required: boolean, flags: Settings): Settings => {
  try {
    return parseConfigFile(decodeText(readBytes(path, required)), flags);
  } catch (error) {
    throw invalid(`unable to configure the Docker daemon with file ${path}: ${messageOf(error)}`, error);
  }
};

/** The names of options that `settings` sets and that this version does not do yet. */
export const namesNotDoneYet = (settings: Settings, how: 'warn' | 'refuse'): readonly OptionName[] =>
  (Object.keys(settings) as OptionName[]).filter(
    (name) => (OPTIONS[name] as Option<unknown>).later === how && isSet(settings[name]),
  );

const isSet = (value: unknown): boolean =>
  value !== undefined &&
  value !== false &&
  value !== '' &&
  value !== 0 &&
  !(Array.isArray(value) && value.length === 0);
