// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../base/errors.ts';
import { type CdiSpec, type ContainerEdits, readCdiSpec } from '../../../spec/cdi.ts';
import { parseYaml } from '../../../spec/yaml.ts';

/** A device that a container can be given by its name (`vendor.com/class=name`). */
export interface CdiDevice {
  /** The document that describes it, by its path: what that one says for all its devices is done once. */
  readonly document: string;
  readonly spec: CdiSpec;
  readonly edits: ContainerEdits;
}

/** All devices that the directories describe, and what was wrong with the rest. */
export interface CdiDevices {
  readonly byName: ReadonlyMap<string, CdiDevice>;
  readonly errors: readonly string[];
}

const filesOf = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory)
      .filter((name) => /\.(json|yaml)$/.test(name))
      .toSorted()
      .map((name) => join(directory, name));
  } catch {
    // Most machines have none of the directories.
    return [];
  }
};

const readFile = (path: string): CdiSpec => {
  const text = readFileSync(path, 'utf8');
  return readCdiSpec(path.endsWith('.json') ? JSON.parse(text) : parseYaml(text));
};

const devicesOf = (document: string): readonly (readonly [name: string, device: CdiDevice])[] => {
  const spec = readFile(document);
  return (spec.devices ?? []).map(
    ({ name, containerEdits }) =>
      [`${spec.kind}=${name}`, { document, spec, edits: containerEdits }] as const,
  );
};

/** One directory's devices; one that two documents describe is nobody's. */
const readDirectory = (directory: string, errors: string[]): ReadonlyMap<string, CdiDevice> => {
  const found = new Map<string, CdiDevice>();
  const conflicts = new Set<string>();
  for (const path of filesOf(directory)) {
    try {
      for (const [name, device] of devicesOf(path)) {
        const other = found.get(name);
        if (other) {
          conflicts.add(name);
          errors.push(`conflicting device "${name}" (specs "${other.document}", "${path}")`);
        } else found.set(name, device);
      }
    } catch (error) {
      errors.push(`failed to load CDI Spec ${path}: ${messageOf(error)}`);
    }
  }
  for (const name of conflicts) found.delete(name);
  return found;
};

/** Reads the documents (JSON and YAML) in `directories`; a later directory's device takes the place of an earlier one's. */
export const findCdiDevices = (directories: readonly string[]): CdiDevices => {
  const errors: string[] = [];
  const byName = new Map(directories.flatMap((directory) => [...readDirectory(directory, errors)]));
  return { byName, errors };
};
