// SPDX-License-Identifier: Apache-2.0
import { cli, custom, newer, type Lab, type Step, type StepGroup } from '../step.ts';

const V = '/v1.41';
const MS = 1_000_000;

const delay = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

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

/** What probes do, and when. */
export const probeSteps: StepGroup = {
  noun: 'probes',
  steps: [
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
  ],
};
