// SPDX-License-Identifier: Apache-2.0
import { abortable, sleep } from '../../../base/async.ts';
import { Disposer } from '../../../base/disposal.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import { seconds, toMilliseconds } from '../../../base/time.ts';
import { logTag } from '../attributes.ts';
import type { LogContext, LogDriver, LogOptions, PushTarget } from '../driver.ts';
import type { LogSubject } from '../logs.ts';
import { pushDriver } from '../push-driver.ts';
import { BatchQueue } from '../remote/batch-queue.ts';
import type { RemoteDeps } from '../remote/remote-deps.ts';
import type { CloudWatchDeps } from './cloudwatch.ts';
import { credentialSource } from './credentials.ts';
import { eventSize, LONGEST_EVENT, type LogEvent, MOST_BYTES, MOST_EVENTS, splitEvent } from './events.ts';
import { callMetadata } from './instance-metadata.ts';
import { MultilineJoiner } from './multiline.ts';
import { type AwslogsOptions, checkAwslogsOptions, parseAwslogsOptions } from './options.ts';
import { CloudWatchStream } from './stream.ts';

/** Bytes that wait at most, whatever the number of events: the daemon's memory is shared. */
const ROOM_BYTES = 64 * 1024 * 1024;
/** Between tries to make the stream behind the container's back, in seconds: it doubles up to this. */
const LONGEST_WAIT = 32;

type AwslogsDeps = Pick<RemoteDeps, 'targets' | 'environment' | 'userAgent' | 'log'>;

const findRegion = async (
  deps: Pick<CloudWatchDeps, 'client'> & Pick<RemoteDeps, 'environment'>,
  options: LogOptions,
  signal: AbortSignal,
): Promise<string> => {
  const said = options['awslogs-region'] || deps.environment['AWS_REGION'];
  if (said) return said;
  try {
    return (await callMetadata(deps, '/latest/meta-data/placement/region', signal)).trim();
  } catch (cause) {
    const text = `cannot determine region for awslogs driver: ${messageOf(cause)}`;
    throw new EngineError('unavailable', text, { cause });
  }
};

const connect = async (
  { targets, environment, userAgent }: AwslogsDeps,
  options: LogOptions,
  acquired: Disposer,
  signal: AbortSignal,
): Promise<Omit<CloudWatchDeps, 'isEmf'>> => {
  const client = acquired.use(targets.httpClient({}));
  const found = { client, environment, files: targets };
  return {
    client,
    region: await findRegion(found, options, signal),
    endpoint: options['awslogs-endpoint'] || undefined,
    credentials: credentialSource(found, options['awslogs-credentials-endpoint']),
    userAgent,
  };
};

/** Makes the stream; tries for as long as the log is open when the container need not wait for it. */
const createLater = async (stream: CloudWatchStream, log: Log, signal: AbortSignal): Promise<void> => {
  for (let wait = 1; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      return await stream.create(signal);
    } catch (error) {
      signal.throwIfAborted();
      log.error('a log stream of CloudWatch could not be made yet', { error: messageOf(error), wait });
    }
    await sleep(seconds(wait), signal).catch(() => signal.throwIfAborted());
  }
};

const createQueue = (
  stream: CloudWatchStream,
  created: Promise<void>,
  options: AwslogsOptions,
  { report }: LogContext,
): BatchQueue<LogEvent> =>
  new BatchQueue({
    mostEvents: MOST_EVENTS,
    mostBytes: MOST_BYTES,
    sizeOf: eventSize,
    delay: options.flushInterval,
    roomEvents: MOST_EVENTS + options.bufferedEvents,
    roomBytes: ROOM_BYTES,
    whenFull: 'wait',
    keepFailed: false,
    send: async (batch, signal) => {
      await abortable(created, signal);
      await stream.put(batch, signal);
    },
    report,
  });

/** Lines that make up one event are joined; what is there of one is sent when it grows old. */
const joinLines = (
  queue: BatchQueue<LogEvent>,
  start: RegExp,
  { flushInterval }: AwslogsOptions,
): PushTarget => {
  const joiner = new MultilineJoiner(start);
  const age = toMilliseconds(flushInterval);
  const add = (event: LogEvent | undefined): void => {
    if (event) void queue.add(splitEvent(event));
  };
  const timer = setInterval(() => add(joiner.finishOlderThan(age, Date.now())), age);
  return {
    log: (messages) => {
      const whole = messages.map((message) => joiner.take(message, Number(message.at / 1_000_000n)));
      return queue.add(whole.filter((event) => event !== undefined).flatMap(splitEvent));
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      add(joiner.finish());
      await queue[Symbol.asyncDispose]();
    },
  };
};

const eachLine = (queue: BatchQueue<LogEvent>): PushTarget => ({
  log: (messages) =>
    queue.add(
      messages.flatMap(({ line, at }) =>
        splitEvent({ timestamp: Number(at / 1_000_000n), message: Buffer.from(line).toString() }),
      ),
    ),
  [Symbol.asyncDispose]: async () => queue[Symbol.asyncDispose](),
});

const openTarget = async (
  deps: AwslogsDeps,
  subject: LogSubject,
  context: LogContext,
): Promise<PushTarget> => {
  const own = subject.config.config ?? {};
  const options = parseAwslogsOptions(own, logTag(subject, context.hostname, '{{.FullID}}'));
  await using acquired = new Disposer();
  const closing = new AbortController();
  const service = await connect(deps, own, acquired, closing.signal);
  const stream = new CloudWatchStream({ ...service, isEmf: options.isEmf }, options);
  const created = options.isBlocking
    ? stream.create(closing.signal)
    : createLater(stream, deps.log.with({ container: subject.id }), closing.signal);
  let isCreated = false;
  // Whoever sends waits for it; a failure that nobody waits for any more is none.
  void created.then(
    () => (isCreated = true),
    () => undefined,
  );
  if (options.isBlocking) await created;
  const queue = createQueue(stream, created, options, context);
  const target = options.multiline ? joinLines(queue, options.multiline, options) : eachLine(queue);
  const held = acquired.move();
  return {
    log: (messages) => target.log(messages),
    [Symbol.asyncDispose]: async () => {
      // A stream that could not be made so far is not waited for.
      if (!isCreated) closing.abort(new EngineError('cancelled', 'awslogs is closed'));
      await target[Symbol.asyncDispose]();
      closing.abort();
      await held[Symbol.asyncDispose]();
    },
  };
};

/** Sends to Amazon CloudWatch Logs in batches. */
export const createAwslogsDriver = (deps: AwslogsDeps): LogDriver =>
  pushDriver({
    name: 'awslogs',
    longestMessage: LONGEST_EVENT,
    validate: checkAwslogsOptions,
    open: async (subject, context) => openTarget(deps, subject, context),
  });
