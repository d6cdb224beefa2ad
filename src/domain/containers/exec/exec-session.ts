// SPDX-License-Identifier: Apache-2.0
import type { OutputChunk, StreamSession } from '../containers.ts';

/** The output, and after it what the start threw: it is told in the stream. */
async function* withFailure(
  output: AsyncIterable<OutputChunk>,
  starting: Promise<void>,
): AsyncGenerator<OutputChunk> {
  yield* output;
  await starting;
}

/** The session of an exec that is being started; `tty` is how the client wants it framed. */
export const execSession = (session: StreamSession, starting: Promise<void>, tty: boolean): StreamSession => {
  // It is looked at once the output has ended, perhaps after it failed.
  starting.catch(() => undefined);
  return {
    tty,
    output: withFailure(session.output, starting),
    ...(session.stdin && { stdin: session.stdin }),
    close: () => session.close(),
  };
};
