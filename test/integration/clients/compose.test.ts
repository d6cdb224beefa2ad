// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { type ComposeProject, composeIsMissing, createComposeProject } from '../../support/compose.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const FILE = `
name: shop
services:
  db:
    image: busybox
    network_mode: bridge
    restart: always
    command: ["sh", "-c", "rm -f /data/ready; sleep 1; touch /data/ready; exec sleep 600"]
    healthcheck: { test: ["CMD", "test", "-f", "/data/ready"], interval: 300ms, timeout: 20s, retries: 200 }
    volumes: ["data:/data"]
    expose: ["5432"]
    labels: { tier: back }
    stop_signal: SIGKILL
  job:
    image: busybox
    network_mode: bridge
    command: ["sh", "-c", "echo done > /data/job"]
    volumes: ["data:/data"]
    depends_on: { db: { condition: service_healthy } }
  web:
    image: busybox
    network_mode: bridge
    restart: always
    environment: { GREETING: "\${GREETING}", EMPTY: "" }
    env_file: [more.env]
    command: ["sh", "-c", "echo web says $$GREETING; exec httpd -f -p 80 -h /www"]
    ports: ["8080:80", "127.0.0.1::81"]
    volumes: ["./www:/www:ro", "data:/shared"]
    depends_on: { job: { condition: service_completed_successfully }, db: { condition: service_healthy } }
    links: ["db:store"]
    stop_grace_period: 1s
    stop_signal: SIGKILL
volumes:
  data:
`;

const FILES = {
  'compose.yaml': FILE,
  '.env': 'GREETING=from the file\n',
  'more.env': 'MORE=more\n',
  'www/index.html': 'hello from compose\n',
};

describe('a Compose project on the default bridge', { skip: composeIsMissing() }, () => {
  const engine = useEngine();
  let project: ComposeProject;
  const compose = async (...args: readonly string[]): Promise<string> => project.compose(...args);
  const states = async (): Promise<readonly string[]> =>
    (await compose('ps', '-a', '--format', '{{.Service}} {{.State}} {{.ExitCode}}')).split('\n').toSorted();
  const inside = async (script: string): Promise<string> => compose('exec', '-T', 'web', 'sh', '-c', script);

  before(async () => {
    project = await createComposeProject(engine(), FILES);
  });

  it('comes up in the order of its dependencies', async () => {
    await compose('up', '-d');
    assert.deepEqual(await states(), ['db running 0', 'job exited 0', 'web running 0']);
    assert.match(await compose('ps', 'db'), /\(healthy\)/);
    const started = await docker(engine(), [
      'inspect',
      '-f',
      '{{.State.StartedAt}}',
      'shop-db-1',
      'shop-job-1',
      'shop-web-1',
    ]);
    assert.deepEqual(started.split('\n').toSorted(), started.split('\n'));
  });

  it('has what its file says: variables, volumes, ports, labels, links', async () => {
    assert.equal(await inside('echo "$GREETING|$EMPTY|$MORE"'), 'from the file||more');
    assert.equal(await inside('cat /shared/job /www/index.html'), 'done\nhello from compose');
    assert.match(await inside('echo $STORE_PORT'), /^tcp:\/\/[\d.]+:5432$/);
    assert.match(await inside('grep store /etc/hosts'), /\tstore /);
    assert.equal(await compose('port', 'web', '80'), '0.0.0.0:8080');
    assert.match(await compose('port', 'web', '81'), /^127\.0\.0\.1:\d+$/);
    assert.equal(
      await docker(engine(), ['ps', '--filter', 'label=tier=back', '--format', '{{.Names}}']),
      'shop-db-1',
    );
    const page = await engine().netns.run(['curl', '-sf', 'http://127.0.0.1:8080/']);
    assert.equal(page.stdout, 'hello from compose\n');
  });

  it('is seen by ps, ls, images, top, logs and events', async () => {
    assert.match(await compose('ls'), /^shop\s+running\(2\)/m);
    assert.match(await compose('images'), /shop-web-1\s+busybox/);
    assert.match(await compose('top', 'web'), /httpd -f -p 80/);
    assert.match(await compose('logs', '--no-color', 'web'), /web-1 +\| web says from the file/);
    const list = JSON.parse(await compose('ps', '--format', 'json', 'web')) as { Publishers: unknown[] };
    assert.ok(list.Publishers.length >= 2);
    const events = engine().spawnDocker(['compose', '-p', 'shop', 'events', '--json']);
    try {
      const told = new Promise<string>((resolve) => {
        let text = '';
        events.stdout?.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (text.includes('"action":"unpause"')) resolve(text);
        });
      });
      // When it began to listen can't be seen: it is done until it was heard.
      let heard = false;
      void told.then(() => (heard = true));
      while (!heard) {
        await compose('pause', 'web');
        assert.match(await compose('ps', '-a', 'web'), /\(Paused\)/);
        await compose('unpause', 'web');
      }
      assert.match(await told, /"service":"web"/);
    } finally {
      events.kill('SIGKILL');
    }
  });

  it('execs, runs a container for once, and copies both ways', async () => {
    const failing = await project.run(['exec', '-T', 'web', 'sh', '-c', 'echo bad >&2; exit 7']);
    assert.deepEqual([failing.code, failing.stderr], [7, 'bad\n']);
    assert.equal(await compose('run', '--rm', '--no-deps', '-T', 'web', 'echo', 'for once'), 'for once');
    const piped = await project.run(['exec', '-T', 'web', 'cat'], { input: 'through exec' });
    assert.equal(piped.stdout, 'through exec');
    await compose('cp', 'web:/www/index.html', 'copied');
    assert.equal(await readFile(join(project.directory, 'copied'), 'utf8'), 'hello from compose\n');
    await compose('cp', 'copied', 'web:/tmp/');
    assert.equal(await inside('cat /tmp/copied'), 'hello from compose');
  });

  it('is stopped, started, restarted and killed', async () => {
    await compose('stop', '-t', '0', 'web');
    assert.ok((await states()).includes('web exited 137'));
    await compose('start', 'web');
    await compose('restart', '-t', '0', 'web');
    assert.deepEqual(await states(), ['db running 0', 'job exited 0', 'web running 0']);
    await compose('kill', 'web');
    assert.ok((await states()).includes('web exited 137'));
    await compose('up', '-d');
    assert.ok((await states()).includes('web running 0'));
  });

  it('makes containers anew, more of them, and removes them', async () => {
    const id = await compose('ps', '-q', 'web');
    await compose('up', '-d', '--no-deps', '--force-recreate', 'web');
    assert.notEqual(await compose('ps', '-q', 'web'), id);
    await compose('up', '-d', '--no-deps', '--scale', 'job=2', 'job');
    assert.equal((await compose('ps', '-aq', 'job')).split('\n').length, 2);
    await compose('rm', '-fs', 'job');
    assert.equal(await compose('ps', '-aq', 'job'), '');
    assert.equal(await inside('cat /www/index.html'), 'hello from compose');
  });

  it('comes back in its order when the daemon does', async () => {
    // What was made without its dependencies has no note of them.
    await compose('up', '-d', '--force-recreate');
    await engine().end();
    await engine().start();
    await dockerUntil(
      engine(),
      ['inspect', '-f', '{{.State.Status}} {{.RestartCount}}', 'shop-web-1'],
      'running 0',
      60_000,
    );
    const healthy = await docker(engine(), [
      'inspect',
      '-f',
      '{{.State.Health.Status}} {{.State.StartedAt}} {{(index .State.Health.Log 0).End}}',
      'shop-db-1',
    ]);
    const [status = '', db = ''] = healthy.split(' ');
    const web = await docker(engine(), ['inspect', '-f', '{{.State.StartedAt}}', 'shop-web-1']);
    assert.equal(status, 'healthy');
    assert.ok(Date.parse(db) < Date.parse(web), `${db} is not before ${web}`);
    assert.match(await inside('grep store /etc/hosts'), /\tstore /);
  });

  it('goes down with its volumes and leaves nothing', async () => {
    await compose('down', '-t', '0');
    assert.equal(await docker(engine(), ['volume', 'ls', '-q']), 'shop_data');
    await compose('up', '-d');
    await compose('down', '-v', '-t', '0', '--remove-orphans');
    assert.equal(await docker(engine(), ['ps', '-aq']), '');
    assert.equal(await docker(engine(), ['volume', 'ls', '-q']), '');
  });
});
