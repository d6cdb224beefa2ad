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

  holder(name: string): ContainerId | undefined {
    return this.#holders.get(name);
  }

  /** Disposing gives the name back. @throws conflict when another container has it */
  reserve(name: string, id: ContainerId): Disposable {
    const holder = this.#holders.get(name);
    if (holder !== undefined && holder !== id) throw nameTaken(name, holder);
    this.#holders.set(name, id);
    return { [Symbol.dispose]: () => this.release(name, id) };
  }

  releaseAll(id: ContainerId): void {
    for (const [name, holder] of this.#holders) if (holder === id) this.#holders.delete(name);
  }

  /** Frees the name, if it is this container's. */
  release(name: string, id: ContainerId): void {
    if (this.#holders.get(name) === id) this.#holders.delete(name);
  }
}
