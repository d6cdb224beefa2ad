// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestHttp } from '../../support/http-request.ts';
import { createNetworkNamespace, type NetworkNamespace } from '../../support/network-namespace.ts';
import { berthCommand } from '../../support/start-berth.ts';

/** Hands an open socket over as systemd does: as descriptor 3, with its count and whose it is in the environment. */
const ACTIVATE = `
import os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
os.dup2(server.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[2], sys.argv[2:])
`;

let directory = '';
let netns: NetworkNamespace | undefined;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bt-listen-'));
  netns = await createNetworkNamespace('l');
});
after(async () => {
  await netns?.remove();
  await rm(directory, { recursive: true, force: true });
});

/** Runs berthd until `use` is done, then ends it politely; gives its log. */
const withDaemon = async (
  options: {
    readonly before?: readonly string[];
    readonly flags: readonly string[];
    readonly env?: NodeJS.ProcessEnv;
  },
  use: () => Promise<void>,
): Promise<string> => {
  const roots = [
    `--data-root=${directory}/data`,
    `--exec-root=${directory}/exec`,
    `--pidfile=${directory}/pid`,
  ];
  const command = [...(options.before ?? []), ...berthCommand(), ...roots, '--bridge=none', ...options.flags];
  const [program = '', ...args] = netns?.enter(command) ?? [];
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let log = '';
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  try {
    await use();
  } finally {
    process.kill(Number(await readFile(join(directory, 'pid'), 'utf8')), 'SIGTERM');
  }
  assert.equal(await ended, 0, log);
  return log;
};

const answers = async (path: string): Promise<boolean> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await requestHttp(path, 'GET', '/_ping', { timeout: 5000 }).catch(() => undefined);
    if (answer?.status === 200) return true;
    await sleep(50);
  }
  return false;
};

test('several sockets are served, with their group, and removed at the end', async () => {
  const paths = ['a', 'b'].map((name) => join(directory, name));
  const flags = [
    '-G',
    '1',
    ...paths.flatMap((path) => ['-H', `unix://${path}`]),
    '-H',
    'tcp://127.0.0.1:2375',
  ];
  const log = await withDaemon({ flags }, async () => {
    for (const path of paths) {
      assert.ok(await answers(path));
      const { mode, gid, uid } = statSync(path);
      assert.deepEqual([mode & 0o777, uid, gid], [0o660, 0, 1]);
    }
    const answer = await netns?.run(['curl', '-s', 'http://127.0.0.1:2375/_ping']);
    assert.equal(answer?.stdout, 'OK');
  });
  assert.match(log, /API is accessible without client verification/);
  assert.match(log, new RegExp(`API listen on ${paths[0]}`));
  assert.match(log, /Daemon has completed initialization/);
  assert.deepEqual(paths.filter(existsSync), []);
});

test('a socket that systemd opened is served', async () => {
  const path = join(directory, 'activated');
  await withDaemon({ before: ['python3', '-c', ACTIVATE, path], flags: ['-H', 'fd://'] }, async () => {
    assert.ok(await answers(path));
  });
  assert.ok(existsSync(path), 'it is not ours to remove');
});

test('systemd is told when the daemon is ready and when it stops', async () => {
  const [notify, path] = [join(directory, 'notify'), join(directory, 'c')];
  const listener = spawn('socat', ['-u', `UNIX-RECV:${notify}`, 'STDOUT'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let told = '';
  listener.stdout.on('data', (text: Buffer) => (told += `${text.toString()} `));
  while (!existsSync(notify)) await sleep(10);
  await withDaemon({ flags: ['-H', `unix://${path}`], env: { NOTIFY_SOCKET: notify } }, async () => {
    assert.ok(await answers(path));
    for (let attempt = 0; attempt < 100 && !told.includes('READY=1'); attempt += 1) await sleep(20);
  });
  await sleep(50);
  listener.kill();
  assert.equal(told, 'READY=1 STOPPING=1 ');
});

test('SIGUSR1 writes what the process is doing, and the daemon goes on', async () => {
  const path = join(directory, 'd');
  const log = await withDaemon({ flags: ['-H', `unix://${path}`] }, async () => {
    assert.ok(await answers(path));
    process.kill(Number(await readFile(join(directory, 'pid'), 'utf8')), 'SIGUSR1');
    await sleep(1000);
    assert.ok(await answers(path));
  });
  const file = /path=(\S+goroutine-stacks-\S+\.log)/.exec(log)?.[1] ?? '';
  const dump = JSON.parse(await readFile(file, 'utf8')) as { readonly report: { readonly header: object } };
  assert.ok(dump.report.header);
  assert.doesNotMatch(JSON.stringify(dump), /environmentVariables/);
});
