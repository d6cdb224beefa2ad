// SPDX-License-Identifier: Apache-2.0
import type { FileBudget } from './file-budget.ts';
import type { ForwardTarget } from './host-ports.ts';
import type { PortWatch } from './port-watch.ts';

/** What the sockets of one engine share. */
export interface PortSocketDeps {
  readonly watch: PortWatch;
  readonly budget: FileBudget;
}

/** One socket that holds one port. */
export interface PortSocket extends Disposable {
  readonly port: number;
  forwardTo(target: ForwardTarget | undefined): void;
  /** Ends what goes through it, and lets nothing new through: it is about to be disposed of. Costs next to nothing. */
  stop(): void;
}
