// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from 'node:child_process';
import type { HttpAnswer, HttpRequestOptions } from './http-request.ts';
import type { NetworkNamespace } from './network-namespace.ts';
import type { CommandOptions, CommandResult } from './run-command.ts';

/** Which daemon a test talks to. */
export type EngineKind = 'berth' | 'dockerd';

/** A daemon under test: its own roots, socket and network namespace; speaks to it by CLI and by API. */
export interface Engine {
  readonly kind: EngineKind;
  readonly socket: string;
  /** Everything the daemon writes lies below this directory. */
  readonly directory: string;
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly netns: NetworkNamespace;
  /** Milliseconds from the last spawn to the first answered `_ping`. */
  readonly startupTime: number;
  /** The daemon's own process id. */
  readonly pid: number;
  /** Runs the docker CLI against this engine. */
  docker(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Starts the docker CLI and leaves it running, for what must be talked to. */
  spawnDocker(args: readonly string[]): ChildProcess;
  /** The CLI on a pseudo-terminal of 80 × 24: what is written to its stdin is typed, its stdout is the screen. */
  spawnTerminal(args: readonly string[]): ChildProcess;
  request(method: string, path: string, options?: HttpRequestOptions): Promise<HttpAnswer>;
  /** Ends the daemon by a signal and waits for its process to be gone. The directory stays. */
  end(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the daemon again on the same roots, after `end`; flags given replace the former ones. */
  start(flags?: readonly string[]): Promise<void>;
  /** The daemon's own log so far. */
  log(): Promise<string>;
  /** Removes all containers, stops the daemon and clears away. @throws Error naming each leaked thing. */
  stop(): Promise<void>;
}

// What python's pty module does for us: a controlling terminal of a known size, and the child's exit code.
const TERMINAL = `
import fcntl, os, pty, select, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
open_stdin = True
while True:
    ready, _, _ = select.select([fd] + ([0] if open_stdin else []), [], [])
    if fd in ready:
        try:
            data = os.read(fd, 65536)
        except OSError:
            data = b''
        if not data:
            break
        os.write(1, data)
    if 0 in ready:
        data = os.read(0, 65536)
        if data:
            os.write(fd, data)
        else:
            open_stdin = False
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
`;

/** Starts a command on a pseudo-terminal; stdin and stdout are pipes to the terminal. */
export function spawnOnTerminal(command: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn('/usr/bin/python3', ['-c', TERMINAL, ...command], { stdio: 'pipe', env });
}
