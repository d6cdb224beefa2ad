// SPDX-License-Identifier: Apache-2.0
import { Disposer } from '../../../base/disposal.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import { seconds } from '../../../base/time.ts';
import type { LogContext, LogDriver, PushTarget } from '../driver.ts';
import type { LogSubject } from '../logs.ts';
import { pushDriver } from '../push-driver.ts';
import { BatchQueue } from '../remote/batch-queue.ts';
import type { RemoteDeps } from '../remote/remote-deps.ts';
import { tokenSource } from './access-token.ts';
import { entryEncoder, instanceOf, resourceOf } from './entry.ts';
import { findInstance, type Instance } from './metadata-server.ts';
import { checkGcplogsOptions } from './options.ts';
import { endpointOf, type LoggingService, ping, writeEntries } from './service.ts';

type GcplogsDeps = Pick<RemoteDeps, 'targets' | 'environment' | 'userAgent'>;

/** A batch goes after a second, with 1,000 entries, or 8 MiB. Source: the defaults of Google's client libraries. */
const DELAY = seconds(1);
const MOST_ENTRIES = 1000;
const MOST_BYTES = 8 * 1024 * 1024;
/** What waits at most; Google's libraries hold a gibibyte, which is too much of a daemon's memory. */
const ROOM_ENTRIES = 1_000_000;
const ROOM_BYTES = 64 * 1024 * 1024;

const connect = async (
  deps: GcplogsDeps,
  subject: LogSubject,
  found: Instance | undefined,
  acquired: Disposer,
  signal: AbortSignal,
): Promise<LoggingService> => {
  const { environment, targets, userAgent } = deps;
  const project = subject.config.config?.['gcp-project'] ?? found?.projectId ?? '';
  if (project === '')
    throw new EngineError(
      'invalid-argument',
      "No project was specified and couldn't read project from the metadata server. Please specify a project",
    );
  const client = acquired.use(targets.httpClient({}));
  const token = tokenSource({ client, environment, files: targets });
  await token(signal);
  const resource = resourceOf(project, instanceOf(subject, found));
  return { client, endpoint: endpointOf(environment), project, resource, token, userAgent };
};

const assertReachable = async (service: LoggingService, signal: AbortSignal): Promise<void> => {
  try {
    await ping(service, signal);
  } catch (cause) {
    const text = `unable to connect or authenticate with Google Cloud Logging: ${messageOf(cause)}`;
    throw new EngineError('unavailable', text, { cause });
  }
};

const openTarget = async (
  deps: GcplogsDeps,
  subject: LogSubject,
  found: Instance | undefined,
  { report }: LogContext,
): Promise<PushTarget> => {
  const { signal } = new AbortController();
  await using acquired = new Disposer();
  const service = await connect(deps, subject, found, acquired, signal);
  await assertReachable(service, signal);
  const encode = entryEncoder(subject, instanceOf(subject, found));
  const queue = acquired.use(
    new BatchQueue<string>({
      mostEvents: MOST_ENTRIES,
      mostBytes: MOST_BYTES,
      sizeOf: (entry) => entry.length,
      delay: DELAY,
      roomEvents: ROOM_ENTRIES,
      roomBytes: ROOM_BYTES,
      whenFull: 'drop',
      keepFailed: false,
      send: async (batch, stop) => writeEntries(service, batch, stop),
      report,
    }),
  );
  const held = acquired.move();
  return {
    log: (messages) => queue.add(messages.map(encode)),
    [Symbol.asyncDispose]: async () => held[Symbol.asyncDispose](),
  };
};

/** Asks the metadata server once: where the daemon runs does not change. */
const instanceFinder = (deps: GcplogsDeps): (() => Promise<Instance | undefined>) => {
  let found: Promise<Instance | undefined> | undefined;
  const find = async (): Promise<Instance | undefined> => {
    using client = deps.targets.httpClient({});
    return await findInstance({ client, environment: deps.environment }, new AbortController().signal);
  };
  return async () => (found ??= find());
};

/** Sends to Google Cloud Logging in batches. */
export const createGcplogsDriver = (deps: GcplogsDeps): LogDriver => {
  const instance = instanceFinder(deps);
  return pushDriver({
    name: 'gcplogs',
    validate: checkGcplogsOptions,
    open: async (subject, context) => openTarget(deps, subject, await instance(), context),
  });
};
