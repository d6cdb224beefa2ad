// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { PassThrough, Readable, type Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { it } from 'node:test';
import Docker from 'dockerode';
import { encodeTar } from '../../../src/spec/tar/write.ts';
import { busyboxArchive } from '../../support/image-archive.ts';
import { listTar } from '../../support/tar-listing.ts';
import { useEngine } from '../../support/use-engine.ts';

const engine = useEngine();
const client = (): Docker => new Docker({ socketPath: engine().socket });

async function demultiplex(stream: Duplex): Promise<{ stdout: string; stderr: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  client().modem.demuxStream(stream, out, err);
  stream.on('end', () => {
    out.end();
    err.end();
  });
  const [stdout, stderr] = await Promise.all([text(out), text(err)]);
  return { stdout, stderr };
}

it('dockerode pings, tells the version and counts containers', async () => {
  assert.equal(String(await client().ping()), 'OK');
  assert.match((await client().version()).ApiVersion, /^1\.\d+$/);
  assert.equal((await client().info()).Containers, 0);
});

it('dockerode runs a container to its end', async () => {
  const output = new PassThrough();
  const heard = text(output);
  const [result, container] = (await client().run('busybox', ['sh', '-c', 'echo from run; exit 3'], output, {
    Tty: true,
  })) as [{ StatusCode: number }, Docker.Container];
  output.end();
  assert.equal(await heard, 'from run\r\n');
  assert.equal(result.StatusCode, 3);
  await container.remove();
});

it('dockerode attaches before the start and speaks to the container', async () => {
  const container = await client().createContainer({
    Image: 'busybox',
    Cmd: ['sh', '-c', 'read line; echo "heard $line"; echo bad >&2'],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = (await container.attach({
    stream: true,
    hijack: true,
    stdin: true,
    stdout: true,
    stderr: true,
  })) as Duplex;
  const output = demultiplex(stream);
  await container.start();
  stream.end('a word\n');
  assert.deepEqual(await output, { stdout: 'heard a word\n', stderr: 'bad\n' });
  assert.deepEqual(await container.wait(), { StatusCode: 0 });
  await container.remove();
});

it('dockerode execs in a container, inspects the exec and removes the container', async () => {
  const container = await client().createContainer({ Image: 'busybox', Cmd: ['sleep', '600'], name: 'rode' });
  await container.start();
  const exec = await container.exec({
    Cmd: ['sh', '-c', 'cat; exit 5'],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const output = demultiplex(stream);
  stream.end('through exec');
  assert.equal((await output).stdout, 'through exec');
  assert.equal((await exec.inspect()).ExitCode, 5);
  assert.equal((await container.inspect()).State.Running, true);
  await container.remove({ force: true });
  await assert.rejects(container.inspect(), { statusCode: 404 });
});

it('dockerode reads logs, follows events and sees 304 for a second start', async () => {
  const since = Math.floor(Date.now() / 1000) - 1;
  const container = await client().createContainer({
    Image: 'busybox',
    Cmd: ['sh', '-c', 'echo logged; sleep 600'],
  });
  await container.start();
  await assert.rejects(container.start(), { statusCode: 304 });
  const logs = (await container.logs({ follow: true, stdout: true })) as unknown as Duplex;
  const [first] = (await logs.take(1).toArray()) as Buffer[];
  assert.equal(first?.subarray(8).toString(), 'logged\n');
  await container.kill();
  await container.wait();
  await container.remove();
  const events = await client().getEvents({
    since,
    until: Math.ceil(Date.now() / 1000) + 1,
    filters: { container: [container.id] },
  });
  const actions = (await text(events))
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { Action: string }).Action);
  assert.deepEqual(
    actions.filter((action) => action !== 'attach'),
    ['create', 'start', 'kill', 'die', 'destroy'],
  );
});

it('dockerode lists, tags and removes images, and loads one', async () => {
  await client().getImage('busybox').tag({ repo: 'rode/box', tag: '1' });
  const images = await client().listImages({ filters: { reference: ['rode/box'] } });
  assert.equal(images.length, 1);
  await client().getImage('rode/box:1').remove();
  const progress = await client().loadImage(Readable.from([busyboxArchive({ tags: ['rode/loaded:1'] })]));
  assert.match(await text(progress), /Loaded image: rode\/loaded:1/);
  assert.equal((await client().getImage('rode/loaded:1').inspect()).Os, 'linux');
});

it('dockerode stats, tops, pauses, renames, updates, restarts and kills', async () => {
  const container = await client().createContainer({
    Image: 'busybox',
    Cmd: ['sh', '-c', 'trap "exit 9" TERM; while :; do sleep 0.1; done'],
    name: 'worker',
    HostConfig: { Memory: 64 * 1024 * 1024 },
  });
  await container.start();
  const stats = await container.stats({ stream: false });
  assert.equal(stats.memory_stats.limit, 64 * 1024 * 1024);
  const { Titles, Processes } = (await container.top()) as { Titles: string[]; Processes: string[][] };
  assert.ok(Titles.includes('PID') && Processes.length >= 1);
  await container.pause();
  assert.equal((await container.inspect()).State.Status, 'paused');
  await container.unpause();
  await container.rename({ name: 'renamed' });
  await container.update({ Memory: 96 * 1024 * 1024, MemorySwap: -1 });
  await container.restart({ t: 0 });
  const { Name, HostConfig, State } = await container.inspect();
  assert.deepEqual([Name, HostConfig.Memory, State.Status], ['/renamed', 96 * 1024 * 1024, 'running']);
  const end = container.wait({ condition: 'next-exit' });
  await container.kill({ signal: 'SIGKILL' });
  assert.equal(((await end) as { StatusCode: number }).StatusCode, 137);
  await assert.rejects(container.kill(), { statusCode: 409 });
  await container.remove();
});

it('dockerode copies in and out, tells changes, exports and commits', async () => {
  const container = await client().createContainer({ Image: 'busybox', Cmd: ['sleep', '600'] });
  const given = encodeTar([{ entry: { name: 'given' }, content: Buffer.from('from dockerode') }]);
  await container.putArchive(Buffer.from(given), { path: '/' });
  const archive = await listTar(await buffer(await container.getArchive({ path: '/given' })));
  assert.deepEqual(
    archive.map(({ name, type }) => [name, type]),
    [['given', 'file']],
  );
  const stat = (await container.infoArchive({ path: '/given' })) as unknown as {
    headers: Record<string, string>;
  };
  const told = Buffer.from(stat.headers['x-docker-container-path-stat'] ?? '', 'base64').toString();
  assert.equal((JSON.parse(told) as { size: number }).size, 14);
  const changes = (await container.changes()) as { Path: string; Kind: number }[];
  assert.ok(changes.some(({ Path, Kind }) => Path === '/given' && Kind === 1));
  const whole = await listTar(await buffer(await container.export()));
  assert.ok(whole.some(({ name }) => name === 'given'));
  const { Id } = (await container.commit({ repo: 'rode/committed', tag: '1' })) as { Id: string };
  assert.match(Id, /^sha256:/);
  const output = new PassThrough();
  const heard = text(output);
  const [, reader] = (await client().run('rode/committed:1', ['cat', '/given'], output, { Tty: true })) as [
    unknown,
    Docker.Container,
  ];
  output.end();
  assert.equal(await heard, 'from dockerode');
  await reader.remove();
  await client().getImage('rode/committed:1').remove();
  await container.remove();
});

it('dockerode resizes terminals, lists with filters, links and prunes', async () => {
  const child = await client().createContainer({
    Image: 'busybox',
    Cmd: ['sleep', '600'],
    name: 'child',
    Tty: true,
    Labels: { kind: 'linked' },
  });
  await child.start();
  await child.resize({ h: 33, w: 77 });
  const exec = await child.exec({ Cmd: ['sh', '-c', 'stty size < /proc/1/fd/0'], AttachStdout: true });
  assert.equal((await demultiplex(await exec.start({}))).stdout.trim(), '33 77');
  const parent = await client().createContainer({
    Image: 'busybox',
    Cmd: ['sleep', '600'],
    name: 'parent',
    Labels: { kind: 'linked' },
    HostConfig: { Links: ['child:other'] },
  });
  await parent.start();
  assert.deepEqual((await parent.inspect()).HostConfig.Links, ['/child:/parent/other']);
  const listed = await client().listContainers({ filters: { label: ['kind=linked'], name: ['child'] } });
  assert.deepEqual(
    listed.map(({ Names }) => Names),
    [['/child', '/parent/other']],
  );
  await Promise.all([child.stop({ t: 0 }), parent.stop({ t: 0 })]);
  const pruned = await client().pruneContainers({ filters: { label: ['kind=linked'] } });
  assert.equal(pruned.ContainersDeleted.length, 2);
});
