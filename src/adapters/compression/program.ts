// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EngineError } from '../../base/errors.ts';

const missing = (program: string, cause: unknown): EngineError =>
  new EngineError('unavailable', `${program} is not installed, but the data is packed with it`, { cause });

/** Ends when the process has ended well. @throws with what it said on stderr */
const ended = async (program: string, child: ChildProcess): Promise<void> => {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  let code: unknown;
  try {
    [code] = (await once(child, 'close')) as [number | null];
  } catch (cause) {
    throw missing(program, cause);
  }
  if (code !== 0) throw new EngineError('invalid-argument', said.trim() || `${program} failed`);
};

/** What `program -dc` makes of `source`. */
export async function* runUnpacker(
  program: string,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const done = ended(program, child);
  const fed = pipeline(Readable.from(source, { objectMode: false }), child.stdin, { signal });
  // Both are awaited below, in the order in which their errors tell more.
  done.catch(() => undefined);
  fed.catch(() => child.kill());
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array;
    const failure = await fed.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure !== undefined && !isBrokenPipe(failure)) throw failure as Error;
    await done;
  } finally {
    child.kill();
  }
}

/** The program stopped reading: its own error says why. */
const isBrokenPipe = (error: unknown): boolean => {
  const { code } = error as { code?: string };
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
};
