// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { PassThrough, type Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { it } from 'node:test';
import Docker from 'dockerode';
import { busyboxArchive } from '../../support/image-archive.ts';
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
  const { Readable } = await import('node:stream');
  const progress = await client().loadImage(Readable.from([busyboxArchive({ tags: ['rode/loaded:1'] })]));
  assert.match(await text(progress), /Loaded image: rode\/loaded:1/);
  assert.equal((await client().getImage('rode/loaded:1').inspect()).Os, 'linux');
});
