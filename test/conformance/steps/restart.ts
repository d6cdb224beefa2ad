// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../../support/engine.ts';
import { covering, cli, custom, type StepGroup } from '../step.ts';

async function inspected(engine: Engine, name: string, format: string): Promise<string> {
  return (await engine.docker(['inspect', '-f', format, name])).stdout.trim();
}

async function until(engine: Engine, name: string, format: string, wanted: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const value = await inspected(engine, name, format);
    if (value === wanted) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return inspected(engine, name, format);
}

/** Restart policies. */
export const restartSteps: StepGroup = {
  noun: 'restart policy',
  steps: [
    cli('on-failure:2', [
      'run',
      '-d',
      '--name',
      'thrice',
      '--restart',
      'on-failure:2',
      'busybox',
      'sh',
      '-c',
      'echo run; exit 1',
    ]),
    ...covering(
      ['rule: restart on-failure', 'rule: restart count'],
      custom('ends after two more tries', ({ engine }) =>
        until(engine, 'thrice', '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}', 'exited 2 1'),
      ),
    ),
    cli('it ran three times', ['logs', 'thrice']),
    cli('on-failure, no failure', [
      'run',
      '-d',
      '--name',
      'once',
      '--restart',
      'on-failure',
      'busybox',
      'true',
    ]),
    ...covering(
      'rule: restart on-failure',
      custom('ends at once', ({ engine }) =>
        until(engine, 'once', '{{.State.Status}} {{.RestartCount}}', 'exited 0'),
      ),
    ),
    cli('always', ['run', '-d', '--name', 'ever', '--restart', 'always', 'busybox', 'sh', '-c', 'sleep 0.2']),
    ...covering(
      'rule: restart always',
      custom('comes back', async ({ engine }) => {
        for (let attempt = 0; attempt < 100; attempt++) {
          if (Number(await inspected(engine, 'ever', '{{.RestartCount}}')) >= 2) return 'restarted';
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return 'never restarted';
      }),
    ),
    cli('stop ends it', ['stop', 'ever']),
    ...covering(
      ['rule: restart always', 'rule: restart ended by stop and kill'],
      custom('and it stays so', async ({ engine }) => {
        await new Promise((resolve) => setTimeout(resolve, 1200));
        return inspected(engine, 'ever', '{{.State.Status}} {{.State.Restarting}}');
      }),
    ),
    cli('always, killed', [
      'run',
      '-d',
      '--name',
      'killed',
      '--restart',
      'always',
      'busybox',
      'sleep',
      '600',
    ]),
    cli('kill it', ['kill', 'killed']),
    ...covering(
      'rule: restart ended by stop and kill',
      custom('a killed one stays down', async ({ engine }) => {
        await new Promise((resolve) => setTimeout(resolve, 600));
        return inspected(engine, 'killed', '{{.State.Status}} {{.RestartCount}}');
      }),
    ),
    cli('one whose process is killed from inside', [
      'run',
      '-d',
      '--name',
      'inside',
      '--restart',
      'unless-stopped',
      'busybox',
      'sh',
      '-c',
      'sleep 0.3; kill -9 $$',
    ]),
    ...covering(
      'rule: restart unless-stopped',
      custom('comes back as well', async ({ engine }) => {
        for (let attempt = 0; attempt < 60; attempt++) {
          if (Number(await inspected(engine, 'inside', '{{.RestartCount}}')) >= 1) return 'restarted';
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return 'never restarted';
      }),
    ),
    cli('rm -f while it comes and goes', ['rm', '-f', 'inside', 'ever', 'thrice', 'once', 'killed']),
    cli(
      'a program that is not there',
      ['run', '-d', '--name', 'broken', '--restart', 'always', 'busybox', 'nosuch'],
      { ignoreStderr: true },
    ),
    custom('is not tried again', async ({ engine }) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return inspected(engine, 'broken', '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}');
    }),
    cli('update of the policy', ['update', '--restart', 'no', 'broken'], { ignoreStderr: true }),
  ],
};
