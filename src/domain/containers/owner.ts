// SPDX-License-Identifier: Apache-2.0
import type { Core } from './core.ts';

/** On containerd's record: which engine made it, since several may share one containerd. */
export const OWNER_LABEL = 'io.berth.containers';

/** What names this engine there: the directory in which its containers' records lie. */
export const ownerOf = (deps: { readonly store: Pick<Core['store'], 'directory'> }): string =>
  deps.store.directory('');
