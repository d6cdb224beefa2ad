// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../../base/errors.ts';
import { callCloudWatch, type CloudWatchDeps, CloudWatchError, type Operation } from './cloudwatch.ts';
import { inOrder, type LogEvent } from './events.ts';
import type { AwslogsOptions } from './options.ts';

/** Whether the service refused with `code`. */
const isRefusal = (error: unknown, code: string): error is CloudWatchError =>
  error instanceof CloudWatchError && error.code === code;

/** A log stream of CloudWatch. */
export class CloudWatchStream {
  readonly #deps: CloudWatchDeps;
  readonly #options: AwslogsOptions;
  #sequenceToken: string | undefined;

  constructor(deps: CloudWatchDeps, options: AwslogsOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** Makes the stream, and its group when it is missing and that is wanted. @throws unavailable in dockerd's words */
  async create(signal: AbortSignal): Promise<void> {
    const { createGroup, createStream, group, stream } = this.#options;
    if (!createStream) return;
    const names = { logGroupName: group, logStreamName: stream };
    try {
      await this.#createOne('CreateLogStream', names, signal);
    } catch (error) {
      if (!createGroup || !isRefusal(error, 'ResourceNotFoundException')) throw failed('stream', error);
      await this.#createOne('CreateLogGroup', { logGroupName: group }, signal).catch((cause: unknown) => {
        throw failed('group', cause);
      });
      await this.#createOne('CreateLogStream', names, signal).catch((cause: unknown) => {
        throw failed('stream', cause);
      });
    }
  }

  /** Sends events. @throws CloudWatchError, unavailable */
  async put(events: readonly LogEvent[], signal: AbortSignal): Promise<void> {
    const sorted = inOrder(events);
    try {
      await this.#putOnce(sorted, signal);
    } catch (error) {
      if (isRefusal(error, 'DataAlreadyAcceptedException')) this.#sequenceToken = error.expectedSequenceToken;
      else if (isRefusal(error, 'InvalidSequenceTokenException')) {
        this.#sequenceToken = error.expectedSequenceToken;
        await this.#putOnce(sorted, signal);
      } else throw error;
    }
  }

  /** What is there already is as good as made. */
  async #createOne(operation: Operation, names: object, signal: AbortSignal): Promise<void> {
    try {
      await callCloudWatch(this.#deps, operation, names, signal);
    } catch (error) {
      if (!isRefusal(error, 'ResourceAlreadyExistsException')) throw error;
    }
  }

  async #putOnce(logEvents: readonly LogEvent[], signal: AbortSignal): Promise<void> {
    const { group, stream } = this.#options;
    const { nextSequenceToken: next } = await callCloudWatch(
      this.#deps,
      'PutLogEvents',
      {
        logEvents,
        logGroupName: group,
        logStreamName: stream,
        ...(this.#sequenceToken === undefined ? {} : { sequenceToken: this.#sequenceToken }),
      },
      signal,
    );
    this.#sequenceToken = typeof next === 'string' ? next : undefined;
  }
}

const failed = (what: string, cause: unknown): EngineError =>
  new EngineError('unavailable', `failed to create Cloudwatch log ${what}: ${messageOf(cause)}`, { cause });
