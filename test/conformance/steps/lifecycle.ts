// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { covering, api, cli, custom, newer, refused, reworded, type StepGroup } from '../step.ts';

/** Start, stop, kill, pause, restart, rename, wait, remove: their answers in each state. */
export const lifecycleSteps: StepGroup = {
  noun: 'lifecycle',
  steps: [
    cli('create answers an id', ['create', '--name', 'one', '-l', 'k=v', 'busybox', 'sleep', '600'], {
      note: 'one',
    }),
    ...covering('rule: state start', api('start', 'POST', '/containers/one/start')),
    api('start of a running one is no change', 'POST', '/containers/one/start'),
    api('start of nobody', 'POST', '/containers/nobody/start'),
    api('start with a body', 'POST', '/containers/one/start', { body: { Binds: [] } }),
    ...covering('rule: pause', api('pause', 'POST', '/containers/one/pause')),
    ...covering(
      'rule: state pause',
      cli('a paused one says so', [
        'inspect',
        '-f',
        '{{.State.Status}} {{.State.Running}} {{.State.Paused}}',
        'one',
      ]),
    ),
    ...covering('rule: pause', api('pause of a paused one', 'POST', '/containers/one/pause')),
    ...covering('rule: pause', api('start of a paused one', 'POST', '/containers/one/start')),
    ...covering(
      'rule: rm',
      newer(api('remove of a paused one', 'DELETE', '/containers/one'), 'the text of 28.5', {
        status: 409,
        body: { message: 'cannot remove container "one": container is paused and must be unpaused first' },
      }),
    ),
    ...covering(
      'exec: state',
      api('exec in a paused one', 'POST', '/containers/one/exec', { body: { Cmd: ['true'] } }),
    ),
    ...covering('rule: pause', api('unpause', 'POST', '/containers/one/unpause')),
    ...covering('rule: pause', api('unpause of one that is not paused', 'POST', '/containers/one/unpause')),
    api('pause of nobody', 'POST', '/containers/nobody/pause'),
    ...covering(
      'rule: rm',
      newer(api('remove of a running one', 'DELETE', '/containers/one'), 'the text of 28.5', {
        status: 409,
        body: {
          message:
            'cannot remove container "one": container is running: stop the container before removing or force remove',
        },
      }),
    ),
    ...covering(
      'rule: kill',
      newer(
        api('kill with a signal that is none', 'POST', '/containers/one/kill?signal=FOO'),
        'the text of 28.5',
        {
          status: 400,
          body: { message: 'cannot kill container: one: invalid signal: FOO' },
        },
      ),
    ),
    ...covering(
      'rule: stop',
      newer(
        api('stop with a signal that is none', 'POST', '/v1.51/containers/one/stop?signal=FOO', {
          unversioned: true,
        }),
        'the signal of stop exists since 1.42',
        { status: 500, body: { message: 'cannot stop container: one: invalid signal: FOO' } },
      ),
    ),
    ...covering(
      'rule: kill',
      api('kill with a signal that does not end', 'POST', '/containers/one/kill?signal=WINCH'),
    ),
    cli('it runs on', ['inspect', '-f', '{{.State.Running}}', 'one']),
    ...covering('rule: rename', api('rename', 'POST', '/containers/one/rename?name=uno')),
    ...covering('rule: name slash', cli('it has its new name', ['inspect', '-f', '{{.Name}}', 'uno'])),
    ...covering('rule: rename', api('rename to its own name', 'POST', '/containers/uno/rename?name=uno')),
    ...covering('rule: rename', api('rename to nothing', 'POST', '/containers/uno/rename?name=')),
    ...covering(
      ['rule: rename', 'rule: name form'],
      api('rename to a bad name', 'POST', '/containers/uno/rename?name=-a'),
    ),
    api('rename of nobody', 'POST', '/containers/nobody/rename?name=x1'),
    cli('a second one', ['create', '--name', 'two', 'busybox', 'true']),
    ...covering('rule: rename', api('rename to a taken name', 'POST', '/containers/two/rename?name=uno')),
    api('kill', 'POST', '/containers/uno/kill'),
    ...covering(
      'rule: exit by a signal',
      custom('its exit code is 137', async ({ engine }) => {
        const { stdout } = await engine.docker(['wait', 'uno']);
        return stdout;
      }),
    ),
    ...covering(
      ['rule: kill', 'pitfall 12'],
      newer(
        custom('kill of a stopped one', async ({ engine }) => {
          const answer = await engine.request('POST', '/v1.41/containers/uno/kill');
          return { status: answer.status, body: answer.json };
        }),
        'the text of 28.5',
        { status: 409, body: { message: 'cannot kill container: uno: container <id> is not running' } },
      ),
    ),
    newer(api('kill of nobody', 'POST', '/containers/nobody/kill'), 'the text of 28.5', {
      status: 404,
      body: { message: 'cannot kill container: nobody: No such container: nobody' },
    }),
    ...covering(
      ['rule: stop', 'pitfall 12'],
      api('stop of a stopped one is no change', 'POST', '/containers/uno/stop'),
    ),
    api('stop of nobody', 'POST', '/containers/nobody/stop'),
    api('stop with a time that is none', 'POST', '/containers/uno/stop?t=zz'),
    ...covering(
      'rule: pause',
      reworded(
        api('pause of a stopped one', 'POST', '/containers/uno/pause'),
        'Container <id>',
        'container <id>',
      ),
    ),
    ...covering(
      'exec: state',
      reworded(
        api('exec in a stopped one', 'POST', '/containers/uno/exec', { body: { Cmd: ['true'] } }),
        'Container <id>',
        'container <id>',
      ),
    ),
    reworded(api('top of a stopped one', 'GET', '/containers/uno/top'), 'Container <id>', 'container <id>'),
    reworded(
      api('resize of a stopped one', 'POST', '/containers/uno/resize?h=10&w=10'),
      'Container <id>',
      'container <id>',
    ),
    ...covering(
      'rule: restart',
      api('restart of a stopped one starts it', 'POST', '/containers/uno/restart?t=0'),
    ),
    ...covering(
      'rule: restart',
      cli('it runs again', [
        'inspect',
        '-f',
        '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}',
        'uno',
      ]),
    ),
    api('restart of nobody', 'POST', '/containers/nobody/restart'),
    ...covering('rule: stop time', api('stop within no time', 'POST', '/containers/uno/stop?t=0')),
    ...covering(
      ['rule: stop time', 'rule: state exited'],
      cli('it was killed', [
        'inspect',
        '-f',
        '{{.State.Status}} {{.State.ExitCode}} {{.State.Running}} {{.State.Pid}}',
        'uno',
      ]),
    ),
    ...covering(
      'rule: wait not-running',
      newer(
        api('wait of a stopped one', 'POST', '/containers/uno/wait'),
        'no Error key where there is no error',
        withoutError,
      ),
    ),
    ...covering(
      'rule: wait not-running',
      newer(
        api('wait of a created one', 'POST', '/containers/two/wait'),
        'no Error key where there is no error',
        withoutError,
      ),
    ),
    api('wait of nobody', 'POST', '/containers/nobody/wait'),
    refused(
      api('wait for a condition that is none', 'POST', '/containers/uno/wait?condition=zz'),
      400,
      'invalid condition: "zz"',
    ),
    ...covering(
      'rule: wait next-exit',
      newer(
        custom('wait for the next exit', async ({ engine }) => {
          const waiting = engine.request('POST', '/v1.41/containers/two/wait?condition=next-exit');
          await new Promise((resolve) => setTimeout(resolve, 100));
          await engine.request('POST', '/v1.41/containers/two/start');
          const answer = await waiting;
          return { status: answer.status, body: answer.json };
        }),
        'no Error key where there is no error',
        withoutError,
      ),
    ),
    ...covering(
      'rule: wait removed',
      newer(
        custom('wait for the removal', async ({ engine }) => {
          const waiting = engine.request('POST', '/v1.41/containers/two/wait?condition=removed');
          await new Promise((resolve) => setTimeout(resolve, 100));
          await engine.request('DELETE', '/v1.41/containers/two');
          const answer = await waiting;
          return { status: answer.status, body: answer.json };
        }),
        'no Error key where there is no error',
        withoutError,
      ),
    ),
    api('remove', 'DELETE', '/containers/uno'),
    api('remove of nobody', 'DELETE', '/containers/nobody'),
    ...covering('rule: name lookup', cli('rm of nobody', ['rm', 'nobody'])),
    cli('rm -f of nobody', ['rm', '-f', 'nobody']),
    cli('stop of nobody', ['stop', 'nobody']),
    cli('start of nobody by CLI', ['start', 'nobody']),
    cli('a running one', ['run', '-d', '--name', 'three', 'busybox', 'sleep', '600'], { note: 'three' }),
    ...covering(
      'rule: name lookup',
      cli('found by a prefix of its id', ['inspect', '-f', '{{.Name}}', '{three}']),
    ),
    ...covering('rule: rm', cli('rm -f of a running one', ['rm', '-f', 'three'])),
    cli('stop heeds the stop signal', [
      'run',
      '-d',
      '--name',
      'four',
      '--stop-signal',
      'USR1',
      'busybox',
      'sh',
      '-c',
      'trap "exit 33" USR1; while :; do sleep 0.1; done',
    ]),
    custom('once its trap is set', async ({ engine }) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return (await engine.docker(['stop', 'four'])).code;
    }),
    ...covering('Config.StopSignal', cli('it ended by that signal', ['wait', 'four'])),
    cli('start -a prints and answers the exit code', ['start', '-a', 'five']),
    cli('create one that prints', ['create', '--name', 'five', 'busybox', 'sh', '-c', 'echo five; exit 5']),
    cli('start -a answers its exit code', ['start', '-a', 'five']),
    cli('start -a again', ['start', '-a', 'five']),
    cli('both prints are in the logs', ['logs', 'five']),
    ...covering(
      'rule: state failed start',
      custom('a start that fails says why and stays created', async ({ engine }) => {
        await engine.docker(['create', '--name', 'six', 'busybox', 'nosuch']);
        const started = await engine.request('POST', '/v1.41/containers/six/start');
        const { stdout } = await engine.docker([
          'inspect',
          '-f',
          '{{.State.Status}} {{.State.ExitCode}}',
          'six',
        ]);
        return { status: started.status, state: stdout };
      }),
    ),
    ...covering(
      'rule: status text',
      cli(
        'a container that ends is exited',
        ['ps', '-a', '--filter', 'name=five', '--format', '{{.Names}} {{.Status}}'],
        {
          rules: [[/Exited \((\d+)\).*/, 'Exited ($1)']],
        },
      ),
    ),
    cli('prune', ['container', 'prune', '-f', '--filter', 'label=nothing']),
  ],
};

function withoutError(oracle: Json): Json {
  const { body, ...rest } = oracle as { body: { Error: null; StatusCode: number } };
  return { ...rest, body: { StatusCode: body.StatusCode } };
}
