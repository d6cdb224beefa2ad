// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind, kindOf, messageOf } from '../../base/errors.ts';
import type { Outcome } from './state.ts';

/** Why a start failed: what the client is told, and what the container remembers. */
export interface StartFailure {
  readonly error: EngineError;
  readonly outcome: Outcome;
  /** The runtime has not come to it: the exit code of an earlier run, unless that is 0, stays. */
  readonly isEarly?: boolean;
}

const COMMAND_NOT_FOUND = 127;
const COMMAND_NOT_EXECUTABLE = 126;
/** Everything that went wrong before the runtime looked at the program. */
const OTHER = 128;

/** The runtime's words by which clients and dockerd alike tell the cause (containers.md §5). */
const NOT_FOUND =
  /executable file not found|no such file or directory|system cannot find the file specified|failed to run runc create\/exec call/;
const NOT_EXECUTABLE = /permission denied|is a directory/;
const NOT_A_DIRECTORY = /not a directory/;
const WRONG_KIND_OF_MOUNT =
  ': Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is ' +
  'the expected type';

const failure = (error: EngineError, exitCode: number): StartFailure => ({
  error,
  outcome: { exitCode, error: error.message, oomKilled: false },
});

/** What the runtime said when it was to make or start the process. */
export const runtimeFailure = (thrown: unknown, prefix: string): StartFailure => {
  const text = `${prefix}${messageOf(thrown)}`;
  const invalid = (message: string): EngineError =>
    new EngineError('invalid-argument', message, { cause: thrown });
  // An unreachable containerd or a cancelled call says nothing of the program.
  if (isKind(thrown, 'unavailable', 'cancelled')) return otherFailure(thrown, prefix);
  if (NOT_EXECUTABLE.test(text)) return failure(invalid(text), COMMAND_NOT_EXECUTABLE);
  if (NOT_A_DIRECTORY.test(text)) return failure(invalid(`${text}${WRONG_KIND_OF_MOUNT}`), COMMAND_NOT_FOUND);
  if (NOT_FOUND.test(text)) return failure(invalid(text), COMMAND_NOT_FOUND);
  return failure(new EngineError('internal', text, { cause: thrown }), OTHER);
};

/** Anything that went wrong around the process: networks, files, users, donors of namespaces. */
export const otherFailure = (thrown: unknown, prefix = ''): StartFailure => ({
  ...failure(new EngineError(kindOf(thrown), `${prefix}${messageOf(thrown)}`, { cause: thrown }), OTHER),
  isEarly: true,
});

/** Carries a failure up to where the container is recorded. */
export class StartError extends EngineError {
  readonly outcome: Outcome;
  readonly isEarly: boolean;

  constructor({ error, outcome, isEarly = false }: StartFailure) {
    super(error.kind, error.message, { cause: error.cause });
    this.outcome = outcome;
    this.isEarly = isEarly;
  }
}

/** Runs one step of a start; what it throws becomes a `StartError`. */
export const startStep = async <Value>(
  step: () => Promise<Value>,
  explain: (thrown: unknown) => StartFailure = otherFailure,
): Promise<Value> => {
  try {
    return await step();
  } catch (thrown) {
    throw thrown instanceof StartError ? thrown : new StartError(explain(thrown));
  }
};
