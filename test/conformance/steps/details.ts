// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { openHttp } from '../../support/http-request.ts';
import { listTar } from '../../support/tar-listing.ts';
import { alone, api, cli, custom, type Lab, type StepGroup } from '../step.ts';

const V = '/v1.41';
const ALONE = 'dockerd 20.10 ends at 1.41';

const delay = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

interface Stats {
  readonly read: string;
  readonly cpu_stats: {
    readonly cpu_usage: { readonly total_usage: number };
    readonly system_cpu_usage: number;
    readonly online_cpus: number;
  };
  readonly precpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly memory_stats: { readonly limit: number; readonly usage: number; readonly stats: object };
  readonly pids_stats: { readonly current: number; readonly limit?: number };
  readonly networks?: object;
}

async function statsOf(lab: Lab, name: string, query: string): Promise<Stats> {
  return (await lab.engine.request('GET', `${V}/containers/${name}/stats?${query}`)).json as Stats;
}

interface Inspected {
  readonly Id: string;
  readonly ResolvConfPath: string;
  readonly HostsPath: string;
  readonly HostnamePath: string;
  readonly LogPath: string;
  readonly NetworkSettings: {
    readonly SandboxKey: string;
    readonly Networks: Readonly<Record<string, unknown>>;
  };
}

async function inspect(lab: Lab, name: string): Promise<Inspected> {
  return (await lab.engine.request('GET', `${V}/containers/${name}/json`)).json as Inspected;
}

/** Stats, health, logs, lists and inspect in those points that the other groups leave open. */
export const detailSteps: StepGroup = {
  noun: 'details',
  steps: [
    cli('one that works', [
      'run',
      '-d',
      '--name',
      'busy',
      '-m',
      '64m',
      '-l',
      'eq=a=b',
      '--pids-limit',
      '50',
      'busybox',
      'sh',
      '-c',
      'while :; do :; done',
    ]),
    cli('one with its network', [
      'run',
      '-d',
      '--name',
      'guest',
      '--network',
      'container:busy',
      'busybox',
      'sleep',
      '600',
    ]),
    cli('one with the network of the host', [
      'run',
      '-d',
      '--name',
      'hosted',
      '--network',
      'host',
      'busybox',
      'sleep',
      '600',
    ]),
    cli('one that is made alone', ['create', '--name', 'plain', 'busybox', 'sh', '-c', 'echo "a b"', "it's"]),
    custom(
      'what its CPU does',
      async (lab) => {
        const { cpu_stats: cpu, precpu_stats: before } = await statsOf(lab, 'busy', 'stream=0');
        return {
          grows: cpu.cpu_usage.total_usage > before.cpu_usage.total_usage,
          host: cpu.system_cpu_usage > cpu.cpu_usage.total_usage,
          cpus: cpu.online_cpus,
        };
      },
      { covers: ['stats: cpu', 'stats: no stream'] },
    ),
    custom(
      'its memory',
      async (lab) => {
        const { memory_stats: memory, pids_stats: pids } = await statsOf(lab, 'busy', 'stream=0&one-shot=1');
        const unlimited = await statsOf(lab, 'guest', 'stream=0&one-shot=1');
        return {
          limit: memory.limit,
          used: memory.usage > 0,
          keys: Object.keys(memory.stats).toSorted(),
          pids,
          free: unlimited.memory_stats.limit,
          pidsFree: Object.keys(unlimited.pids_stats),
        };
      },
      { covers: ['stats: memory', 'stats: one shot'] },
    ),
    custom(
      'the network of another',
      async (lab) => Object.keys((await statsOf(lab, 'guest', 'stream=0&one-shot=1')).networks ?? {}),
      { covers: ['stats: networks'] },
    ),
    custom(
      'a stream of stats, to the removal',
      async (lab) => {
        await lab.engine.docker(['run', '-d', '--name', 'seen', 'busybox', 'sleep', '600']);
        const response = await openHttp(lab.engine.socket, 'GET', `${V}/containers/seen/stats`);
        const lines: string[] = [];
        const ended = new Promise<boolean>((resolve) => {
          response.on('data', (chunk: Buffer) => lines.push(...chunk.toString().split('\n').filter(Boolean)));
          response.on('end', () => resolve(true));
          response.on('error', () => resolve(false));
        });
        for (let attempt = 0; attempt < 500 && lines.length < 2; attempt++) await delay(20);
        await lab.engine.docker(['rm', '-f', 'seen']);
        const isOver = await Promise.race([ended, delay(10_000).then(() => false)]);
        response.destroy();
        return { type: response.headers['content-type'] ?? 'none', several: lines.length >= 2, isOver };
      },
      { covers: ['stats: stream', 'stats: removal'] },
    ),

    custom(
      'inspect of one with the network of another',
      async (lab) => (await inspect(lab, 'guest')).NetworkSettings.Networks,
      { covers: ['inspect: container: mode'] },
    ),
    custom(
      'the keys of sandboxes',
      async (lab) => {
        const key = async (name: string): Promise<string> =>
          (await inspect(lab, name)).NetworkSettings.SandboxKey.replace(
            lab.engine.execRoot,
            '<exec>',
          ).replace('/var/run/docker', '<exec>');
        return [await key('busy'), await key('hosted'), await key('plain')];
      },
      { covers: ['inspect: SandboxKey'] },
    ),
    custom(
      'paths before the first start and after it',
      async (lab) => {
        const paths = async (name: string): Promise<unknown> => {
          const { ResolvConfPath, HostsPath, HostnamePath, LogPath } = await inspect(lab, name);
          return [ResolvConfPath, HostsPath, HostnamePath, LogPath].map((path) =>
            path.replace(/^.*\/containers/, ''),
          );
        };
        return [await paths('plain'), await paths('busy')];
      },
      { covers: ['inspect: paths', 'logs: LogPath'] },
    ),
    alone(
      api('descriptors of the image', 'GET', '/containers/busy/json', {
        version: '1.47',
        pick: (body: object) => 'ImageManifestDescriptor' in body,
        covers: ['inspect: ImageManifestDescriptor'],
      }),
      ALONE,
      { status: 200, type: 'application/json', body: false },
    ),
    cli('one that exports', [
      'run',
      '--name',
      'exporter',
      '-v',
      '/volume',
      'busybox',
      'sh',
      '-c',
      'echo new > /new; rm -f /etc/group; echo v > /volume/v; ln /new /hard',
    ]),
    custom(
      'its tar',
      async (lab) => {
        const answer = await lab.engine.request('GET', `${V}/containers/exporter/export`);
        const members = (await listTar(answer.bytes)) as unknown as readonly object[];
        return {
          status: answer.status,
          type: answer.headers['content-type'],
          members: members
            .map((member) => JSON.stringify(member))
            .filter((line) => /"(new|hard|volume\/?|volume\/v|etc\/group|etc\/passwd)"/.test(line))
            .toSorted(),
        };
      },
      { covers: ['rule: export', 'GET /containers/{id}/export'] },
    ),
    custom(
      'an archive to where nothing is',
      async (lab) => {
        const put = await lab.engine.request('PUT', `${V}/containers/exporter/archive?path=/no/where`, {
          body: Buffer.alloc(1024),
          headers: { 'Content-Type': 'application/x-tar' },
        });
        const head = await lab.engine.request('HEAD', `${V}/containers/exporter/archive?path=/no`);
        return [put.status, head.status];
      },
      { covers: ['pitfall 24'] },
    ),

    cli('the text of resolv.conf', ['exec', 'busy', 'grep', '-c', '^nameserver', '/etc/resolv.conf'], {
      covers: ['rule: resolv.conf'],
    }),
    alone(
      custom(
        'the comments of resolv.conf',
        async ({ engine }) =>
          (await engine.docker(['exec', 'busy', 'grep', '^#', '/etc/resolv.conf'])).stdout
            .split('\n')
            .filter((line) => /^# (Generated|Based|Overrides)/.test(line)),
        { covers: ['rule: resolv.conf text'] },
      ),
      '20.10 copies the file',
      [
        '# Generated by Docker Engine.',
        "# Based on host file: '/etc/resolv.conf' (legacy)",
        '# Overrides: []',
      ],
    ),

    cli('one that says a line at a time', [
      'run',
      '-d',
      '--name',
      'slowly',
      '--log-opt',
      'max-size=2k',
      '--log-opt',
      'max-file=3',
      'busybox',
      'sh',
      '-c',
      'for i in $(seq 1 200); do echo line $i; usleep 2000; done; sleep 0.5',
    ]),
    cli('followed over the rotation', ['logs', '-f', '--since', '2001-01-01T00:00:00Z', 'slowly'], {
      rules: [[/^[\s\S]*line 200\n?$/, 'to the end']],
      covers: ['pitfall 19', 'logs: follow'],
    }),
    custom(
      'a log whose last line is cut',
      async (lab) => {
        const { appendFile } = await import('node:fs/promises');
        await lab.engine.docker(['run', '--name', 'cut', 'busybox', 'echo', 'whole']);
        const { LogPath } = await inspect(lab, 'cut');
        await appendFile(LogPath, '{"log":"half');
        const { stdout } = await lab.engine.docker(['logs', 'cut']);
        return { stdout, kept: (await readFile(LogPath, 'utf8')).includes('half') };
      },
      { covers: ['pitfall 19'] },
    ),
    cli('all go', ['rm', '-f', '-v', 'busy', 'guest', 'hosted', 'plain', 'exporter', 'slowly', 'cut'], {
      sort: true,
    }),
    alone(
      custom(
        'a size of an exec',
        async (lab) => {
          await lab.engine.docker(['run', '-d', '--name', 'sized', 'busybox', 'sleep', '600']);
          const made = await lab.engine.request('POST', '/v1.42/containers/sized/exec', {
            body: { Cmd: ['stty', 'size'], Tty: true, AttachStdout: true, ConsoleSize: [11, 22] },
          });
          const { Id } = made.json as { Id: string };
          const answer = await lab.engine.request('POST', `/v1.42/exec/${Id}/start`, {
            body: { Tty: true, ConsoleSize: [11, 22] },
          });
          await lab.engine.docker(['rm', '-f', 'sized']);
          return answer.text.trim();
        },
        { covers: ['exec: ConsoleSize'] },
      ),
      ALONE,
      '11 22',
    ),
    alone(
      custom(
        'cgroups to be written',
        async (lab) => {
          const body = {
            Image: 'busybox',
            Cmd: ['sh', '-c', 'mkdir /sys/fs/cgroup/memory/below && echo made'],
            HostConfig: { SecurityOpt: ['writable-cgroups=true'], CgroupnsMode: 'private' },
          };
          await lab.engine.request('POST', '/v1.51/containers/create?name=writer', { body });
          const { stdout } = await lab.engine.docker(['start', '-a', 'writer']);
          await lab.engine.docker(['rm', '-f', 'writer']);
          return stdout;
        },
        { covers: ['HostConfig.SecurityOpt writable-cgroups'] },
      ),
      ALONE,
      'made\n',
    ),
    alone(
      custom(
        'a bind read-only at its top alone',
        async (lab) => {
          const create = async (options: object): Promise<string> => {
            const body = {
              Image: 'busybox',
              Cmd: ['sh', '-c', 'grep -c " /a/[^ ]* [^ ]* rw" /proc/mounts'],
              HostConfig: {
                Mounts: [
                  { Type: 'bind', Source: '/dev', Target: '/a', ReadOnly: true, BindOptions: options },
                ],
              },
            };
            const made = await lab.engine.request('POST', '/v1.44/containers/create', { body });
            const { Id } = made.json as { Id: string };
            const { stdout } = await lab.engine.docker(['start', '-a', Id]);
            await lab.engine.docker(['rm', '-f', Id]);
            return stdout.trim() === '0' ? 'none' : 'some';
          };
          return {
            top: await create({ ReadOnlyNonRecursive: true }),
            deep: await create({}),
            forced: await create({ ReadOnlyForceRecursive: true }),
          };
        },
        {
          covers: [
            'HostConfig.Mounts BindOptions.ReadOnlyNonRecursive',
            'HostConfig.Mounts BindOptions.ReadOnlyForceRecursive',
          ],
        },
      ),
      ALONE,
      { top: 'some', deep: 'none', forced: 'none' },
    ),
  ],
};
