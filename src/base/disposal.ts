// SPDX-License-Identifier: Apache-2.0

/** What a `Disposer` can hold: a resource, released synchronously or not. */
export type Resource = Disposable | AsyncDisposable;

/**
 * Holds acquired resources and lets go of them in reverse. `move()` hands all of them to a new owner, so that what a
 * successful operation acquired outlives its scope.
 */
export class Disposer implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;

  constructor(stack: AsyncDisposableStack = new AsyncDisposableStack()) {
    this.#stack = stack;
  }

  use<Held extends Resource>(resource: Held): Held {
    return this.#stack.use(resource);
  }

  /** Runs `release` when the disposer is disposed of. */
  defer(release: () => void | Promise<void>): void {
    this.#stack.defer(release);
  }

  move(): Disposer {
    return new Disposer(this.#stack.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

export const disposable = (release: () => void): Disposable => ({ [Symbol.dispose]: release });

export const asyncDisposable = (release: () => Promise<void>): AsyncDisposable => ({
  [Symbol.asyncDispose]: release,
});
