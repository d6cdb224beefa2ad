// SPDX-License-Identifier: Apache-2.0
import type { HttpClient } from '../../../adapters/log-targets/index.ts';
import { Disposer } from '../../../base/disposal.ts';
import type { LogContext, LogDriver, PushTarget } from '../driver.ts';
import type { LogSubject } from '../logs.ts';
import { checkOptionNames } from '../options.ts';
import { pushDriver } from '../push-driver.ts';
import { BatchQueue } from '../remote/batch-queue.ts';
import type { RemoteDeps } from '../remote/remote-deps.ts';
import { postEvents, verifyConnection } from './collector.ts';
import { splunkEncoder, splunkTag } from './event.ts';
import { splunkLimits } from './limits.ts';
import { parseSplunkOptions, type SplunkOptions } from './options.ts';

const NAME = 'splunk';

/** Source: docs.docker.com, "Splunk logging driver". */
const OPTIONS: ReadonlySet<string> = new Set([
  'env',
  'env-regex',
  'labels',
  'labels-regex',
  'tag',
  'splunk-url',
  'splunk-token',
  'splunk-source',
  'splunk-sourcetype',
  'splunk-index',
  'splunk-capath',
  'splunk-caname',
  'splunk-insecureskipverify',
  'splunk-format',
  'splunk-verify-connection',
  'splunk-gzip',
  'splunk-gzip-level',
  'splunk-index-acknowledgment',
]);

/** Bytes that wait at most, whatever the number of events: the daemon's memory is shared. */
const ROOM_BYTES = 64 * 1024 * 1024;

const openClient = async ({ targets }: SplunkDeps, options: SplunkOptions): Promise<HttpClient> => {
  const { authoritiesPath, serverName, skipVerify } = options;
  const ca = authoritiesPath === undefined ? undefined : await targets.readText(authoritiesPath);
  return targets.httpClient({
    skipVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { serverName }),
  });
};

const openTarget = async (
  deps: SplunkDeps,
  subject: LogSubject,
  { hostname, report }: LogContext,
): Promise<PushTarget> => {
  const options = parseSplunkOptions(subject.config.config ?? {});
  await using acquired = new Disposer();
  const client = acquired.use(await openClient(deps, options));
  const tag = splunkTag(subject, hostname);
  if (options.verifyConnection) await verifyConnection(client, options, new AbortController().signal);
  const encode = splunkEncoder(subject, hostname, options.format, tag);
  const limits = splunkLimits(deps.environment, deps.log);
  const queue = acquired.use(
    new BatchQueue<Buffer>({
      mostEvents: limits.batchSize,
      mostBytes: Infinity,
      sizeOf: (event) => event.length,
      delay: limits.frequency,
      roomEvents: limits.bufferMaximum + limits.channelSize,
      roomBytes: ROOM_BYTES,
      whenFull: 'wait',
      keepFailed: true,
      send: async (batch, signal) => postEvents(client, options, batch, signal),
      report,
    }),
  );
  const held = acquired.move();
  return {
    log: (messages) => queue.add(messages.map(encode).filter((event) => event !== undefined)),
    [Symbol.asyncDispose]: async () => held[Symbol.asyncDispose](),
  };
};

type SplunkDeps = Pick<RemoteDeps, 'targets' | 'environment' | 'log'>;

/** Sends to Splunk's HTTP Event Collector in batches. */
export const createSplunkDriver = (deps: SplunkDeps): LogDriver =>
  pushDriver({
    name: NAME,
    validate: (options) => checkOptionNames(NAME, options, OPTIONS),
    open: async (subject, context) => openTarget(deps, subject, context),
  });
