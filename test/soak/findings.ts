// SPDX-License-Identifier: Apache-2.0

/** What can go wrong in a client's eyes. */
export type Fault =
  /** A container whose creation was answered, and whose removal nobody asked for, is not there. */
  | 'lost'
  /** A container whose removal was answered is there. */
  | 'returned'
  /** A container stands where no answer that was given lets it stand. */
  | 'wrong state'
  /** An answer that no engine gives to such a request. */
  | 'wrong answer'
  /** A request that was not answered in two minutes by a daemon that lived. */
  | 'hung'
  /** A name that stands for an address which is not its container's, or for none. */
  | 'wrong name'
  /** A published port that does not lead to its container. */
  | 'dead port'
  /** A host port that answers though nobody publishes it any more. */
  | 'held port';

/** What the clients of a soak saw, and how much they did. */
export class Findings {
  readonly #details: string[] = [];
  readonly #counts = new Map<Fault, number>();
  readonly #deeds = new Map<string, number>();
  #present = 0;
  #most = 0;
  /** Every container id that was ever answered. */
  readonly ids = new Set<string>();

  fault(fault: Fault, detail: string): void {
    this.#counts.set(fault, (this.#counts.get(fault) ?? 0) + 1);
    if (this.#details.length < 60)
      this.#details.push(`${new Date().toISOString().slice(11, 23)} ${fault}: ${detail}`);
  }

  deed(name: string): void {
    this.#deeds.set(name, (this.#deeds.get(name) ?? 0) + 1);
  }

  created(id: string): void {
    this.ids.add(id);
    this.#present += 1;
    this.#most = Math.max(this.#most, this.#present);
  }

  removed(): void {
    this.#present -= 1;
  }

  count(fault: Fault): number {
    return this.#counts.get(fault) ?? 0;
  }

  get details(): readonly string[] {
    return this.#details;
  }

  get deeds(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#deeds].toSorted(([one], [other]) => one.localeCompare(other)));
  }

  /** The most containers that were there at a time. */
  get most(): number {
    return this.#most;
  }
}
