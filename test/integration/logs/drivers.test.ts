// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine({
  flags: ['--live-restore', '--log-driver', 'local', '--log-opt', 'max-size=100k'],
});

const numbers = (text: string): readonly number[] => text.split('\n').map(Number);

/** Whether each number follows the one before. */
const isUnbroken = (all: readonly number[]): boolean =>
  all.every((number, index) => index === 0 || number === (all[index - 1] ?? 0) + 1);

const servers: { readonly server: Server; readonly sockets: Socket[] }[] = [];
const closeServers = (): void => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
};
after(closeServers);

/** A syslog on a unix socket that takes connections and never reads from them. */
const deafSyslog = async (): Promise<string> => {
  const path = join(engine().directory, `syslog-${servers.length}.sock`);
  rmSync(path, { force: true });
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  servers.push({ server, sockets });
  return path;
};

const losses = async (id: string): Promise<readonly string[]> => {
  const filters = encodeURIComponent(JSON.stringify({ event: ['log_lost'], container: [id] }));
  const until = (Date.now() / 1000).toFixed(3);
  const { text } = await engine().request('GET', `/v1.51/events?since=1&until=${until}&filters=${filters}`);
  return text.split('\n').filter((line) => line !== '');
};

it('the daemon’s driver and options are those of containers that name none', async () => {
  await docker(engine(), ['create', '--name', 'plain', 'busybox', 'true']);
  const shown = await docker(engine(), ['inspect', '-f', '{{json .HostConfig.LogConfig}}', 'plain']);
  assert.deepEqual(JSON.parse(shown), { Type: 'local', Config: { 'max-size': '100k' } });
  assert.equal(
    await docker(engine(), ['info', '-f', '{{.LoggingDriver}} {{.Plugins.Log}}']),
    'local [awslogs fluentd gcplogs gelf journald json-file local splunk syslog]',
  );
});

it('a follower of a log that is rotated and packed misses nothing', async () => {
  const program =
    'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo $i; [ $((i % 500)) = 0 ] && sleep 0.05; done';
  await docker(engine(), ['run', '-d', '--name', 'many', 'busybox', 'sh', '-c', program]);
  const followed = numbers(await docker(engine(), ['logs', '-f', 'many']));
  assert.ok(isUnbroken(followed));
  assert.deepEqual([followed[0], followed.at(-1)], [1, 20_000]);
  const kept = numbers(await docker(engine(), ['logs', 'many']));
  assert.ok(isUnbroken(kept) && (kept[0] ?? 0) > 1);
  assert.equal(kept.at(-1), 20_000);
  assert.deepEqual(numbers(await docker(engine(), ['logs', '--tail', '9000', 'many'])), kept.slice(-9000));
});

it('a log goes on behind a kill of the daemon', async () => {
  const program = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done';
  await docker(engine(), ['run', '-d', '--name', 'survivor', 'busybox', 'sh', '-c', program]);
  await dockerUntil(engine(), ['logs', '--tail', '1', 'survivor'], /\d\d/);
  await engine().end('SIGKILL');
  await engine().start();
  const before = Number(await docker(engine(), ['logs', '--tail', '1', 'survivor']));
  await dockerUntil(engine(), ['logs', '--tail', '1', 'survivor'], new RegExp(`^(?!${before}$)`));
  await docker(engine(), ['kill', 'survivor']);
  const all = numbers(await docker(engine(), ['logs', 'survivor']));
  assert.ok(isUnbroken(all), JSON.stringify(all));
  assert.equal(all[0], 1);
});

it('a target that takes nothing holds up no container, costs output, is told, and docker logs has its copy', async () => {
  const path = await deafSyslog();
  const target = ['--log-driver', 'syslog', '--log-opt', `syslog-address=unix://${path}`];
  const program = 'yes a line of some length that fills buffers | head -c 8000000; echo; echo end';
  const id = await docker(engine(), [
    'run',
    '-d',
    ...target,
    '--log-opt',
    'cache-max-size=20m',
    'busybox',
    'sh',
    '-c',
    program,
  ]);
  assert.equal(await docker(engine(), ['wait', id]), '0');
  assert.equal(await docker(engine(), ['logs', '--tail', '1', id]), 'end');
  const [first] = await losses(id);
  assert.match(first ?? '', /"driver":"syslog"/);
});

it('a log that can’t be opened again leaves the container running, and is told', async () => {
  const path = await deafSyslog();
  const target = ['--log-driver', 'syslog', '--log-opt', `syslog-address=unix://${path}`];
  const id = await docker(engine(), ['run', '-d', ...target, 'busybox', 'sleep', '600']);
  await engine().end('SIGKILL');
  closeServers();
  rmSync(path, { force: true });
  await engine().start();
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Status}}', id]), 'running');
  assert.equal((await losses(id)).length, 1);
  await docker(engine(), ['rm', '-f', id]);
});

it('a start whose log can’t be opened fails and leaves nothing', async () => {
  const target = ['--log-driver', 'syslog', '--log-opt', `syslog-address=unix://${await deafSyslog()}`];
  await docker(engine(), ['create', '--name', 'nowhere', ...target, 'busybox', 'true']);
  closeServers();
  const result = await engine().docker(['start', 'nowhere']);
  assert.match(result.stderr, /failed to create task for container: failed to initialize logging driver: /);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Status}}', 'nowhere']), 'created');
});
