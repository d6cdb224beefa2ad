// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../../support/engine.ts';
import { covering, cli, custom, type StepGroup } from '../step.ts';

async function inspected(engine: Engine, format: string): Promise<string> {
  return (await engine.docker(['inspect', '-f', format, 'sick'])).stdout.trim();
}

async function becomes(engine: Engine, wanted: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await inspected(engine, '{{.State.Health.Status}}')) === wanted) return wanted;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return inspected(engine, '{{.State.Health.Status}}');
}

/** Health checks: states, what is told of them, and what a pause and a stop make of them. */
export const healthSteps: StepGroup = {
  noun: 'health',
  steps: [
    cli('a container with a check', [
      'create',
      '--name',
      'sick',
      '--health-cmd',
      'cat /well; test -e /well',
      '--health-interval',
      '300ms',
      '--health-retries',
      '2',
      'busybox',
      'sleep',
      '600',
    ]),
    ...covering(
      'health: inspect',
      custom('has no health before it runs', ({ engine }) => inspected(engine, '{{json .State.Health}}')),
    ),
    ...covering(
      'GET /containers/json filter health',
      custom('and is listed as one without', async ({ engine }) =>
        (await engine.docker(['ps', '-a', '-f', 'health=none', '--format', '{{.Names}}'])).stdout.trim(),
      ),
    ),
    ...covering(
      'health: statuses',
      custom('falls ill', async ({ engine }) => {
        await engine.docker(['start', 'sick']);
        return becomes(engine, 'unhealthy');
      }),
    ),
    ...covering(
      'health: log',
      custom('what its probes said', ({ engine }) =>
        inspected(
          engine,
          '{{range $i, $p := .State.Health.Log}}{{if not $i}}{{$p.ExitCode}} {{json $p.Output}}{{end}}{{end}}',
        ),
      ),
    ),
    ...covering(
      'rule: status text',
      custom('ps says so', async ({ engine }) =>
        (await engine.docker(['ps', '--format', '{{.Names}} {{.Status}}'])).stdout.trim(),
      ),
    ),
    ...covering(
      'health: statuses',
      custom('gets well', async ({ engine }) => {
        await engine.docker(['exec', 'sick', 'touch', '/well']);
        return becomes(engine, 'healthy');
      }),
    ),
    ...covering(
      'GET /containers/json filter health',
      custom('is found by its health', async ({ engine }) =>
        (await engine.docker(['ps', '-f', 'health=healthy', '--format', '{{.Names}}'])).stdout.trim(),
      ),
    ),
    ...covering(
      'health: pause and stop',
      custom('a pause', async ({ engine }) => {
        await engine.docker(['pause', 'sick']);
        return inspected(engine, '{{.State.Health.Status}} {{.State.Status}}');
      }),
    ),
    ...covering(
      'health: pause and stop',
      custom('gets well after it', async ({ engine }) => {
        await engine.docker(['unpause', 'sick']);
        return becomes(engine, 'healthy');
      }),
    ),
    ...covering(
      'health: pause and stop',
      custom('a stop', async ({ engine }) => {
        await engine.docker(['stop', '-t', '0', 'sick']);
        return inspected(engine, '{{.State.Health.Status}} {{.State.Status}}');
      }),
    ),
    ...covering(
      ['health: events', 'pitfall 25'],
      custom('its events', async ({ engine }) => {
        const until = String(Math.ceil(Date.now() / 1000));
        const told = await engine.docker([
          'events',
          '--since',
          '5m',
          '--until',
          until,
          '--filter',
          'container=sick',
          '--format',
          '{{.Action}}',
        ]);
        const actions = told.stdout
          .split('\n')
          .filter((action) => /^(health_status|exec_(create|start))/.test(action));
        return [...new Set(actions.filter((action) => !action.includes('touch')))].toSorted();
      }),
    ),
    cli('a probe that is none', [
      'run',
      '--name',
      'none',
      '--no-healthcheck',
      '-d',
      'busybox',
      'sleep',
      '600',
    ]),
    ...covering(
      'health: test forms',
      cli('has no health', ['inspect', '-f', '{{json .State.Health}} {{json .Config.Healthcheck}}', 'none']),
    ),
    ...covering(
      'health: least times',
      cli('an interval that is too short', [
        'create',
        '--health-cmd',
        'true',
        '--health-interval',
        '1us',
        'busybox',
      ]),
    ),
    ...covering(
      'health: failing exec',
      custom('a program that is not there', async ({ engine }) => {
        const body = {
          Image: 'busybox',
          Cmd: ['sleep', '600'],
          Healthcheck: { Test: ['CMD', '/nowhere'], Interval: 200_000_000, Retries: 1 },
        };
        await engine.docker(['rm', '-f', 'sick']);
        await engine.request('POST', '/v1.41/containers/create?name=sick', { body });
        await engine.docker(['start', 'sick']);
        await becomes(engine, 'unhealthy');
        const log = await inspected(engine, '{{json (index .State.Health.Log 0)}}');
        const { ExitCode, Output } = JSON.parse(log) as { ExitCode: number; Output: string };
        return { ExitCode, isTold: Output.includes('/nowhere') };
      }),
    ),
  ],
};
