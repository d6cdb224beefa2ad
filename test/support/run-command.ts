// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** What a finished command left: its exit code (128 + n for signal n, -1 when it never started) and its output. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command: bytes for its stdin, its environment, and its patience in milliseconds (default 60 000). */
export interface CommandOptions {
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeout?: number;
  readonly cwd?: string;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a command to its end. A command that outlives its patience is killed and answers 137. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(file, args, {
    stdio: 'pipe',
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 60_000);
  child.stdin.on('error', () => {
    // A command may end without reading its input: what it makes of it shows in its exit code.
  });
  child.stdin.end(options.input ?? '');
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => resolve(-1));
    child.on('close', (code, signal) => resolve(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0)));
  });
  try {
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a command that must succeed and answers its stdout. @throws Error with the command's stderr otherwise. */
export async function mustRun(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await runCommand(file, args, options);
  if (result.code === 0) return result.stdout;
  throw new Error(`${file} ${args.join(' ')} ended with ${result.code}: ${result.stderr}${result.stdout}`);
}
