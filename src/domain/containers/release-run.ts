// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import { messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import { now, seconds } from '../../base/time.ts';
import type { Core } from './core.ts';
import type { LiveRun } from './runs.ts';
import { networkDonor } from './network-mode.ts';
import { releaseRunMounts, type RunMountDeps } from './run-mounts.ts';
import { hasProcess } from './state.ts';
import type { ProcessStreams } from './streams.ts';
import { leaveVolumes } from './volume-uses.ts';

export type ReleaseRunDeps = Pick<Core, 'runs' | 'ledger' | 'log'> & RunMountDeps;

/** So long after the exit nothing may come from an output that is open: a child that inherited it can keep it so for ever. */
const SILENCE = seconds(2);

/** So long may it take in all to log what was said before the exit: dockerd waits as long for a log to close. */
const DRAIN_PATIENCE = seconds(10);

/** The run is over whatever happens here: a failure is logged, and the next boot's sweep makes up for it. */
const quietly = async (
  deps: ReleaseRunDeps,
  id: ContainerId,
  what: string,
  work: () => Promise<unknown>,
): Promise<void> => {
  try {
    await work();
  } catch (error) {
    deps.log.with({ container: id }).warn(what, { reason: messageOf(error) });
  }
};

/** Resolves when the output has ended, or nothing more is to be hoped for. A log that is slow gets its last words. */
const hearOut = async ({ drained }: LiveRun, streams: ProcessStreams): Promise<void> => {
  const limit = now() + DRAIN_PATIENCE;
  let heard: number;
  do {
    heard = streams.heard;
    const ended = await within(
      drained.then(() => true),
      SILENCE,
    );
    if (ended === true) return;
  } while (heard !== streams.heard && now() < limit);
};

/** Whether containers that run share this one's network: its namespace goes on without it. */
const isShared = ({ ledger }: ReleaseRunDeps, id: ContainerId): boolean => {
  const name = ledger.get(id)?.name;
  return ledger.all().some(({ hostConfig, state }) => {
    const donor = networkDonor(hostConfig.networkMode);
    return donor !== undefined && (donor === name || id.startsWith(donor)) && hasProcess(state);
  });
};

const releaseNetwork = async (deps: ReleaseRunDeps, id: ContainerId, { sandbox }: LiveRun): Promise<void> =>
  isShared(deps, id) ? sandbox?.vacate() : sandbox?.[Symbol.asyncDispose]();

/** Lets go of what the present run holds: the output's last words are logged first, the network goes meanwhile. */
export const releaseRun = async (deps: ReleaseRunDeps, id: ContainerId): Promise<void> => {
  const run = deps.runs.get(id);
  if (!run) return;
  const closeLog = async (): Promise<void> => {
    await hearOut(run, deps.runs.streams(id));
    await run.sink?.[Symbol.asyncDispose]();
  };
  await Promise.all([
    quietly(deps, id, 'the log could not be closed', closeLog),
    quietly(deps, id, 'the network could not be released', async () => releaseNetwork(deps, id, run)),
  ]);
  const container = deps.ledger.get(id);
  await quietly(deps, id, 'what was mounted could not be taken away', async () =>
    container ? releaseRunMounts(deps, container) : undefined,
  );
  if (container) await leaveVolumes(deps, container);
  deps.runs.finish(id);
  deps.runs.endStreams(id);
  await quietly(deps, id, 'the FIFOs could not be removed', async () => run.stdio[Symbol.asyncDispose]());
};
