// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** The name without its one leading slash. @throws invalid-argument when it has forbidden characters or is too short */
export const parseName = (text: string): string => {
  const name = text.startsWith('/') ? text.slice(1) : text;
  if (NAME.test(name)) return name;
  throw new EngineError(
    'invalid-argument',
    `Invalid container name (${text}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
  );
};

const nameTaken = (name: string, holder: ContainerId): EngineError =>
  new EngineError(
    'conflict',
    `Conflict. The container name "/${name}" is already in use by container "${holder}". ` +
      'You have to remove (or rename) that container to be able to reuse that name.',
  );

/** Which container has which name. A name is reserved before its container exists. */
export class NameTable {
  readonly #holders = new Map<string, ContainerId>();
  readonly #names = new Map<ContainerId, Set<string>>();

  holder(name: string): ContainerId | undefined {
    return this.#holders.get(name);
  }

  /** All names of a container, the ones by which others link to it (`parent/alias`) too, sorted. */
  namesOf(id: ContainerId): readonly string[] {
    const names = [...(this.#names.get(id) ?? [])];
    return names.length < 2 ? names : names.toSorted();
  }

  /** Disposing gives the name back. @throws conflict when another container has it */
  reserve(name: string, id: ContainerId): Disposable {
    const holder = this.#holders.get(name);
    if (holder !== undefined && holder !== id) throw nameTaken(name, holder);
    this.#holders.set(name, id);
    const names = this.#names.get(id);
    if (names) names.add(name);
    else this.#names.set(id, new Set([name]));
    return { [Symbol.dispose]: () => this.release(name, id) };
  }

  releaseAll(id: ContainerId): void {
    for (const name of this.#names.get(id) ?? []) this.#holders.delete(name);
    this.#names.delete(id);
  }

  /** Frees the name, if it is this container's. */
  release(name: string, id: ContainerId): void {
    if (this.#holders.get(name) !== id) return;
    this.#holders.delete(name);
    const names = this.#names.get(id);
    names?.delete(name);
    if (names?.size === 0) this.#names.delete(id);
  }
}
