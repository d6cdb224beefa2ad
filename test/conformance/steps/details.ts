// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { openHttp } from '../../support/http-request.ts';
import { listTar } from '../../support/tar-listing.ts';
import { alone, api, cli, custom, newer, type Lab, type Step, type StepGroup } from '../step.ts';

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

interface Health {
  readonly Status: string;
  readonly FailingStreak: number;
  readonly Log: readonly {
    readonly Start: string;
    readonly End: string;
    readonly ExitCode: number;
    readonly Output: string;
  }[];
}

async function healthOf(lab: Lab, name: string): Promise<Health> {
  const { stdout } = await lab.engine.docker(['inspect', '-f', '{{json .State.Health}}', name]);
  return JSON.parse(stdout) as Health;
}

async function healthUntil(lab: Lab, name: string, isEnough: (health: Health) => boolean): Promise<Health> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const health = await healthOf(lab, name);
    if (isEnough(health)) return health;
    await delay(50);
  }
  return healthOf(lab, name);
}

const sick = (name: string, check: object, config: object = {}): Step =>
  custom(`a container named ${name} with a check`, async ({ engine }) => {
    const body = { Image: 'busybox', Cmd: ['sleep', '600'], Healthcheck: check, ...config };
    const made = await engine.request('POST', `${V}/containers/create?name=${name}`, { body });
    const started = await engine.request('POST', `${V}/containers/${name}/start`);
    return [made.status, started.status];
  });

const MS = 1_000_000;
const list = (filters: object): string =>
  `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`;
const names = (body: { Names: string[] }[]): unknown => body.flatMap((each) => each.Names).toSorted();
const filtered = (name: string, key: string, filters: object): Step =>
  api(name, 'GET', list(filters), { covers: [`GET /containers/json filter ${key}`] });
const found = (name: string, key: string, filters: object): Step =>
  api(name, 'GET', list(filters), { pick: names, covers: [`GET /containers/json filter ${key}`] });

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
      'checks with values left out',
      async (lab) => {
        await lab.engine.request('POST', `${V}/containers/create?name=default`, {
          body: { Image: 'busybox', Healthcheck: { Test: ['CMD', 'true'] } },
        });
        const { stdout } = await lab.engine.docker([
          'inspect',
          '-f',
          '{{json .Config.Healthcheck}}',
          'default',
        ]);
        return JSON.parse(stdout) as unknown;
      },
      { covers: ['health: defaults', 'Config.Healthcheck'] },
    ),
    sick('slow', {
      Test: ['CMD-SHELL', 'echo begun; sleep 60'],
      Interval: 100 * MS,
      Timeout: 1000 * MS,
      Retries: 1,
    }),
    newer(
      custom(
        'takes too long',
        async (lab) => {
          const health = await healthUntil(lab, 'slow', ({ Log }) => Log.length > 0);
          return { status: health.Status, code: health.Log[0]?.ExitCode, output: health.Log[0]?.Output };
        },
        { covers: ['health: timeout'] },
      ),
      'what was printed is told since 23',
      { output: 'Health check exceeded timeout (1s): begun\n' },
    ),
    sick('patient', { Test: ['CMD', 'false'], Interval: 200 * MS, Retries: 1, StartPeriod: 600_000 * MS }),
    custom(
      'fails in its start period, which does not count',
      async (lab) => {
        const { Status, FailingStreak, Log } = await healthUntil(
          lab,
          'patient',
          (health) => health.Log.length >= 2,
        );
        return { Status, FailingStreak, code: Log[0]?.ExitCode };
      },
      { covers: ['health: start period'] },
    ),
    sick('late', { Test: ['CMD', 'true'], Interval: 600_000 * MS }),
    custom(
      'waits an interval for the first probe',
      async (lab) => {
        await delay(500);
        return healthOf(lab, 'late');
      },
      { covers: ['health: interval', 'health: inspect'] },
    ),
    sick(
      'shelled',
      {
        Test: ['CMD-SHELL', 'echo "$0 $A"; pwd; id -un; head -c 9000 /dev/zero | tr "\\0" x'],
        Interval: 100 * MS,
      },
      { User: 'nobody', WorkingDir: '/tmp', Env: ['A=b'], Shell: ['/bin/ash', '-c'] },
    ),
    custom(
      'probes as the container would',
      async (lab) => {
        const health = await healthUntil(lab, 'shelled', ({ Log }) => Log.length === 5);
        const { Output = '' } = health.Log[0] ?? {};
        return {
          count: health.Log.length,
          status: health.Status,
          first: Output.slice(0, 40),
          length: Output.length,
          end: Output.slice(-5),
        };
      },
      { covers: ['health: probe environment', 'health: log', 'Config.Shell'] },
    ),
    sick('odd', { Test: ['WHAT', 'true'], Interval: 100 * MS }),
    custom(
      'a form that is none',
      async (lab) =>
        (await lab.engine.docker(['inspect', '-f', '{{json .State.Health}}', 'odd'])).stdout.trim(),
      { covers: ['health: test forms'] },
    ),
    cli('they go', ['rm', '-f', 'slow', 'patient', 'late', 'shelled', 'odd', 'default']),

    found('by a label with two signs', 'label', { label: ['eq=a=b'] }),
    api('by a label with two signs, the other form', 'GET', list({ label: { 'eq=a=b': true } }), {
      pick: names,
      covers: ['pitfall 21'],
    }),
    custom(
      'by id',
      async (lab) => {
        const { Id } = await inspect(lab, 'busy');
        const ask = async (id: string): Promise<unknown> =>
          names((await lab.engine.request('GET', V + list({ id: [id] }))).json as { Names: string[] }[]);
        return [await ask(Id), await ask(Id.slice(0, 12)), await ask(`^${Id.slice(0, 4)}`), await ask('zz')];
      },
      { covers: ['GET /containers/json filter id'] },
    ),
    found('by an isolation', 'isolation', { isolation: ['default'] }),
    found('by name with a slash', 'name', { name: ['/busy'] }),
    found('by name as an expression', 'name', { name: ['^/(busy|plain)$'] }),
    newer(filtered('by a health that is none', 'health', { health: ['zz'] }), 'the words of 28.5', {
      status: 400,
      body: {
        message:
          "invalid filter 'health=zz': invalid value for health (zz): must be one of none, starting, healthy, unhealthy",
      },
    }),
    newer(filtered('by an exit code that is none', 'exited', { exited: ['zz'] }), 'the words of 28.5', {
      body: { message: 'invalid filter \'exited=zz\': strconv.Atoi: parsing "zz": invalid syntax' },
      status: 400,
    }),
    newer(filtered('by a port that is none', 'publish', { publish: ['zz'] }), 'the words of 28.5', {
      status: 500,
      body: {
        message: 'error while looking up for publish zz: strconv.ParseUint: parsing "zz": invalid syntax',
      },
    }),
    newer(filtered('by a label that is not to be', 'unknown', { 'label!': ['a'] }), 'the words of 28.5', {
      status: 400,
      body: { message: "invalid filter 'label!'" },
    }),
    newer(filtered('since nobody', 'since', { since: ['nobody'] }), 'not found since 28', {
      status: 404,
      body: { message: 'No such container: nobody' },
    }),
    found('by a range of ports', 'expose', { expose: ['80-90/tcp'] }),
    newer(filtered('by a task that is none', 'is-task', { 'is-task': ['zz'] }), 'the words of 28.5', {
      status: 400,
      body: { message: "invalid filter 'is-task=[zz]'" },
    }),
    api('query parameters that are none', 'GET', '/containers/json?all=1&since=busy&before=plain&limit=-1', {
      pick: (body: unknown[]) => body.length,
      covers: ['list: limit and all'],
    }),
    api('a command with blanks', 'GET', list({ name: ['plain'] }), {
      pick: (body: { Command: string }[]) => body.map(({ Command }) => Command),
      covers: ['list: Command'],
    }),
    custom(
      'an image whose tag moved',
      async ({ engine }) => {
        await engine.docker(['tag', 'busybox', 'moving:1']);
        await engine.docker(['create', '--name', 'moved', 'moving:1', 'true']);
        const ask = async (): Promise<unknown> => {
          const answer = await engine.request('GET', V + list({ name: ['moved'] }));
          return (answer.json as { Image: string }[]).map(({ Image }) => Image.replace(/[0-9a-f]{64}/, 'ID'));
        };
        const before = await ask();
        await engine.docker(['rmi', 'moving:1']);
        const after = await ask();
        await engine.docker(['rm', 'moved']);
        return { before, after };
      },
      { covers: ['list: Image'] },
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
