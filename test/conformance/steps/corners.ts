// SPDX-License-Identifier: Apache-2.0
import { gunzipSync } from 'node:zlib';
import { encodeTar } from '../../../src/spec/tar/write.ts';
import { openHttp } from '../../support/http-request.ts';
import { listTar } from '../../support/tar-listing.ts';
import { alone, api, cli, custom, newer, type Lab, type Step, type StepGroup } from '../step.ts';

const V = '/v1.41';

interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** The events that deeds make, with those attributes that the container does not bring itself. */
async function eventsOf(lab: Lab, deeds: (lab: Lab) => Promise<unknown>): Promise<unknown> {
  const since = (Date.now() / 1000).toFixed(6);
  await deeds(lab);
  const until = (Date.now() / 1000 + 0.2).toFixed(6);
  const filters = encodeURIComponent('{"type":["container"]}');
  const { text } = await lab.engine.request(
    'GET',
    `${V}/events?since=${since}&until=${until}&filters=${filters}`,
  );
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EngineEvent)
    .map(({ Action, Actor: { Attributes } }) => {
      const { image: _image, name: _name, execID: _exec, ...rest } = Attributes;
      return [Action.replace(/[0-9a-f]{64}/, '<id>'), rest];
    });
}

const ask = (lab: Lab, method: string, path: string, options: object = {}): Promise<unknown> =>
  lab.engine.request(method, V + path, options);

const list = (filters: object): string =>
  `${V}/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`;

async function namesBy(lab: Lab, filters: object): Promise<readonly string[]> {
  const answer = await lab.engine.request('GET', list(filters));
  if (answer.status !== 200) return [answer.text];
  return (answer.json as { Names: string[] }[]).flatMap(({ Names }) => Names).toSorted();
}

/** The payloads of frames, by their kinds. */
function unframe(bytes: Buffer): readonly (readonly [number, string])[] {
  const frames: [number, string][] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at + 4);
    frames.push([bytes[at] ?? 0, bytes.toString('utf8', at + 8, at + 8 + length)]);
    at += 8 + length;
  }
  return frames;
}

const logged = (name: string, row: string, query: string, change = (text: string): string => text): Step =>
  custom(
    name,
    async (lab) => {
      const answer = await lab.engine.request(
        'GET',
        `${V}/containers/talker/logs?stdout=1&stderr=1&${query}`,
      );
      if (answer.status !== 200) return { status: answer.status, text: answer.text };
      return unframe(answer.bytes).map(([kind, text]) => [kind, change(text)]);
    },
    { covers: [`logs: ${row}`, 'GET /containers/{id}/logs'] },
  );

const TALK = 'echo one; sleep 0.05; echo two >&2; sleep 0.05; printf three';

/** What is left: events of the lesser verbs, odd queries, encodings. */
export const cornerSteps: StepGroup = {
  noun: 'corners',
  steps: [
    cli('one that runs', [
      'run',
      '-d',
      '-t',
      '--name',
      'one',
      '-l',
      'k=v',
      '-v',
      'mine:/data',
      'busybox',
      'sleep',
      '600',
    ]),
    cli('one that talks', [
      ...'run --name talker --log-opt labels=odd,k --log-opt env=E -e E=1 -l k=v'.split(' '),
      '-l',
      'odd=a b,c',
      'busybox',
      'sh',
      '-c',
      TALK,
    ]),
    custom(
      'events of what changes something',
      (lab) =>
        eventsOf(lab, async () => {
          await ask(lab, 'GET', '/containers/one/top');
          await ask(lab, 'POST', '/containers/one/update', { body: { CpuShares: 100 } });
          await ask(lab, 'POST', '/containers/one/resize?h=12&w=34');
          await ask(lab, 'GET', '/containers/one/archive?path=/etc/passwd');
          const headers = { 'Content-Type': 'application/x-tar' };
          await ask(lab, 'PUT', '/containers/one/archive?path=/tmp', {
            body: Buffer.from(encodeTar([])),
            headers,
          });
          await ask(lab, 'GET', '/containers/talker/export');
          await ask(lab, 'POST', '/containers/one/rename?name=uno');
          await ask(lab, 'POST', '/containers/uno/rename?name=one');
        }),
      {
        covers: [
          'rule: event attributes',
          'rule: resize',
          'rule: top',
          'rule: update',
          'rule: rename',
          'rule: export',
        ],
      },
    ),
    custom(
      'no events of what changes nothing',
      (lab) =>
        eventsOf(lab, async () => {
          await ask(lab, 'HEAD', '/containers/one/archive?path=/etc');
          await ask(lab, 'GET', '/containers/one/logs?stdout=1');
          await ask(lab, 'GET', '/containers/one/stats?stream=0&one-shot=1');
          await ask(lab, 'GET', '/containers/one/changes');
          await ask(lab, 'GET', '/containers/one/json');
        }),
      { covers: ['rule: event attributes'] },
    ),
    custom(
      'events of a prune',
      async (lab) => {
        await lab.engine.docker(['create', '--name', 'gone', '-l', 'prune=me', 'busybox', 'true']);
        const filters = encodeURIComponent('{"label":["prune=me"]}');
        return eventsOf(lab, () => ask(lab, 'POST', `/containers/prune?filters=${filters}`));
      },
      { covers: ['rule: prune'] },
    ),

    logged('a tail that is no number', 'tail', 'tail=zz'),
    logged('a tail below nothing', 'tail', 'tail=-5'),
    logged('until nothing', 'until', 'until=0'),
    logged('since a fraction', 'since', 'since=1.5'),
    logged('details', 'details', 'details=1'),
    logged('details after the time', 'details', 'details=1&timestamps=1', (text) =>
      text.replace(/^\S+Z/, '<time>'),
    ),
    logged('since a duration', 'since', 'since=1h'),
    logged('both streams as they came', 'streams', 'tail=all'),
    cli(
      'a long line',
      ['run', '--name', 'long', 'busybox', 'sh', '-c', 'head -c 40000 /dev/zero | tr "\\0" x; echo'],
      {
        rules: [[/x{40000}/, '<40000 x>']],
      },
    ),
    custom(
      'its parts, each with its time',
      async (lab) => {
        const answer = await lab.engine.request('GET', `${V}/containers/long/logs?stdout=1&timestamps=1`);
        const frames = unframe(answer.bytes);
        return {
          lengths: frames.map(([, text]) => text.length),
          times: new Set(frames.map(([, text]) => text.split(' ')[0])).size,
          ends: frames.map(([, text]) => text.endsWith('\n')),
        };
      },
      { covers: ['logs: long lines', 'logs: timestamps'] },
    ),
    custom(
      'its last part alone',
      async (lab) => {
        const answer = await lab.engine.request('GET', `${V}/containers/long/logs?stdout=1&tail=1`);
        return unframe(answer.bytes).map(([, text]) => text.length);
      },
      { covers: ['logs: tail', 'logs: long lines'] },
    ),

    custom(
      'by image, network and volume in every form',
      async (lab) => {
        const { stdout: image } = await lab.engine.docker(['image', 'inspect', '-f', '{{.Id}}', 'busybox']);
        const { stdout: network } = await lab.engine.docker([
          'network',
          'inspect',
          '-f',
          '{{.Id}}',
          'bridge',
        ]);
        const id = image.trim();
        return {
          id: await namesBy(lab, { ancestor: [id] }),
          short: await namesBy(lab, { ancestor: [id.slice(7, 19)] }),
          tag: await namesBy(lab, { ancestor: ['busybox:latest'] }),
          network: await namesBy(lab, { network: [network.trim()] }),
          prefix: await namesBy(lab, { network: [network.slice(0, 8)] }),
          volume: await namesBy(lab, { volume: ['mine'] }),
          place: await namesBy(lab, { volume: ['/data'] }),
        };
      },
      { covers: ['ancestor', 'network', 'volume'].map((key) => `GET /containers/json filter ${key}`) },
    ),
    custom(
      'by others that came before and after',
      async (lab) => {
        const { stdout } = await lab.engine.docker(['inspect', '-f', '{{.Id}}', 'talker']);
        return [
          await namesBy(lab, { before: [stdout.trim()] }),
          (await namesBy(lab, { since: [stdout.slice(0, 12)] }))[0]?.replace(
            'no such container',
            'No such container:',
          ),
          await namesBy(lab, { since: ['one'], before: ['long'] }),
        ];
      },
      { covers: ['before', 'since'].map((key) => `GET /containers/json filter ${key}`) },
    ),
    custom(
      'by several values and keys',
      async (lab) => [
        await namesBy(lab, { name: ['one', 'talker'] }),
        await namesBy(lab, { name: ['one', 'talker'], status: ['running'] }),
        await namesBy(lab, { label: ['k', 'odd'] }),
        await namesBy(lab, { exited: ['0'] }),
        await namesBy(lab, { status: { exited: true, running: true } }),
      ],
      { covers: ['name', 'status', 'label', 'exited'].map((key) => `GET /containers/json filter ${key}`) },
    ),

    custom(
      'an archive, packed for the way',
      async (lab) => {
        const headers = { 'Accept-Encoding': 'gzip' };
        const answer = await lab.engine.request('GET', `${V}/containers/one/archive?path=/etc/passwd`, {
          headers,
        });
        const packed = answer.headers['content-encoding'] === 'gzip';
        return {
          encoding: answer.headers['content-encoding'] ?? 'none',
          members: await listTar(packed ? gunzipSync(answer.bytes) : answer.bytes),
        };
      },
      { covers: ['GET /containers/{id}/archive', 'rule: archive read'] },
    ),
    custom(
      'a stream of stats of one that does not run',
      async (lab) => {
        const response = await openHttp(lab.engine.socket, 'GET', `${V}/containers/talker/stats`);
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        for (let attempt = 0; attempt < 500 && text.split('\n').length < 3; attempt++)
          await new Promise((resolve) => setTimeout(resolve, 20));
        response.destroy();
        const first = JSON.parse(text.split('\n')[0] ?? '') as { read: string; pids_stats: object };
        return { read: first.read, pids: first.pids_stats, several: text.split('\n').length >= 3 };
      },
      { covers: ['stats: stopped', 'stats: stream'] },
    ),
    api('a removal by force and volumes of nobody', 'DELETE', '/containers/nobody?v=1&force=1'),
    alone(
      api('a restart with a signal that is none', 'POST', '/containers/one/restart?signal=FOO', {
        version: '1.42',
      }),
      'the signal of restart exists since 1.42',
      {
        status: 500,
        type: 'application/json',
        body: { message: 'Cannot restart container one: invalid signal: FOO' },
      },
    ),
    cli('a plain one', ['create', '--name', 'plain', 'busybox', 'true']),
    api('its changes', 'GET', '/containers/plain/changes', { covers: ['rule: diff'] }),
    newer(
      api('its logs', 'GET', '/containers/plain/logs?stdout=1', {
        pick: () => 'empty',
        covers: ['logs: streams'],
      }),
      'the type is named since 23',
      { type: 'application/vnd.docker.raw-stream' },
    ),
    api('its size', 'GET', '/containers/plain/json?size=1', {
      pick: (body: { SizeRw?: number }) => body.SizeRw ?? 'absent',
    }),
    cli('all go', ['rm', '-f', '-v', 'one', 'talker', 'long', 'plain'], { sort: true }),
    cli('with the volume', ['volume', 'rm', 'mine']),
  ],
};
