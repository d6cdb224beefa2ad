// SPDX-License-Identifier: Apache-2.0
import { EngineError, type ErrorKind, isKind, kindOf, messageOf } from '../../base/errors.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { isProcessThere } from './find-task.ts';
import { networkDonor } from './network-mode.ts';
import { sharedMemoryPath } from './run-mounts.ts';
import { hasProcess } from './state.ts';

/** Namespaces of other containers that a container joins, by the path of a process in them. */
export interface DonatedNamespaces {
  /** The container whose network files (`hosts`, `resolv.conf`, `hostname`) are shared, too. */
  readonly network?: { readonly path: string; readonly donor: Container };
  readonly pid?: string;
  readonly ipc?: string;
  /** The donor's `/dev/shm` on the host. */
  readonly sharedMemory?: string;
}

type DonorDeps = Pick<Core, 'ledger' | 'store' | 'processStatus'>;

const JOIN = 'container:';

/** A donor that has just ended may have left its process number to a stranger, whose namespaces are none of ours. */
const pathOf = (
  deps: Pick<Core, 'processStatus'>,
  { state }: Container,
  kind: 'net' | 'pid' | 'ipc',
): string | undefined =>
  hasProcess(state) && isProcessThere(deps, state) ? `/proc/${state.pid}/ns/${kind}` : undefined;

/** A donor that is not there is the daemon's trouble at a start: nobody has asked for it now. @throws internal */
const findNetworkDonor = ({ ledger }: DonorDeps, { id }: Container, reference: string): Container => {
  try {
    const donor = ledger.resolve(reference);
    if (donor.id !== id) return donor;
  } catch (cause) {
    const text = `joining network namespace of container: ${messageOf(cause)}`;
    throw new EngineError(isKind(cause, 'not-found') ? 'internal' : kindOf(cause), text, { cause });
  }
  throw new EngineError('internal', 'cannot join own network namespace');
};

const network = (deps: DonorDeps, container: Container): DonatedNamespaces['network'] => {
  const reference = networkDonor(container.hostConfig.networkMode);
  if (reference === undefined) return undefined;
  const donor = findNetworkDonor(deps, container, reference);
  const path = pathOf(deps, donor, 'net');
  if (path !== undefined) return { path, donor };
  throw new EngineError(
    'conflict',
    `cannot join network namespace of a non running container: container ${donor.name} is ${donor.state.status}`,
  );
};

const NOT_RUNNING = 'is not running';

/** Looks a donor up. @throws `kind` for one that is not there */
const findDonor = (
  { ledger }: DonorDeps,
  reference: string,
  kind: 'PID' | 'IPC',
): { readonly donor: Container; readonly refuse: (error: ErrorKind, why: string) => EngineError } => {
  const prefix = `failed to join ${kind} namespace: `;
  try {
    return {
      donor: ledger.resolve(reference),
      refuse: (error, why) => new EngineError(error, `${prefix}container ${reference}${why}`),
    };
  } catch (cause) {
    // A PID namespace is looked for so late that Docker calls all trouble with it its own.
    const error = kind === 'PID' ? 'internal' : 'invalid-argument';
    throw new EngineError(error, `${prefix}${messageOf(cause)}`, { cause });
  }
};

const pid = (deps: DonorDeps, mode: string): string | undefined => {
  if (!mode.startsWith(JOIN)) return undefined;
  const { donor, refuse } = findDonor(deps, mode.slice(JOIN.length), 'PID');
  const path = pathOf(deps, donor, 'pid');
  if (path !== undefined) return path;
  throw refuse('internal', ` ${NOT_RUNNING}`);
};

/** The host directory that is a container's `/dev/shm`; `undefined` when it is the container's own alone. */
const sharedMemory = (deps: DonorDeps, { id, hostConfig }: Container): string | undefined => {
  const { ipcMode } = hostConfig;
  if (ipcMode === 'host') return '/dev/shm';
  if (ipcMode === 'shareable') return sharedMemoryPath(deps, id);
  return ipcMode.startsWith(JOIN)
    ? sharedMemory(deps, deps.ledger.resolve(ipcMode.slice(JOIN.length)))
    : undefined;
};

const ipc = (deps: DonorDeps, mode: string): Pick<DonatedNamespaces, 'ipc' | 'sharedMemory'> => {
  if (!mode.startsWith(JOIN)) return {};
  const { donor, refuse } = findDonor(deps, mode.slice(JOIN.length), 'IPC');
  const path = pathOf(deps, donor, 'ipc');
  if (path === undefined) throw refuse('conflict', ` ${NOT_RUNNING}`);
  const memory = sharedMemory(deps, donor);
  if (memory !== undefined) return { ipc: path, sharedMemory: memory };
  const hint = 'hint: use IpcMode:shareable for the donor container';
  throw refuse('invalid-argument', `: non-shareable IPC (${hint})`);
};

/** Finds what the container shares with others. @throws not-found, conflict and others when a donor can't give it */
export const donatedNamespaces = (deps: DonorDeps, container: Container): DonatedNamespaces => {
  const { hostConfig } = container;
  const found = {
    network: network(deps, container),
    pid: pid(deps, hostConfig.pidMode),
    ...ipc(deps, hostConfig.ipcMode),
  };
  return Object.fromEntries(Object.entries(found).filter(([, path]) => path !== undefined));
};
