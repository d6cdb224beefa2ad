// SPDX-License-Identifier: Apache-2.0
import { api, cli, newer, reworded, rewrite, withEndpointKeys, type Step, type StepGroup } from '../step.ts';

function ps(name: string, ...args: readonly string[]): Step {
  return cli(name, ['ps', '--format', '{{.Names}}', ...args]);
}

function filtered(name: string, ...filters: readonly string[]): Step {
  return ps(name, '-a', ...filters.flatMap((filter) => ['--filter', filter]));
}

const BAD_STATUS =
  "invalid filter 'status=zz': invalid value for state (zz): must be one of created, running, paused, restarting, removing, exited, dead";

/** Lists of containers, their columns and filters. */
export const listSteps: StepGroup = {
  noun: 'list',
  steps: [
    cli('none', ['ps', '-a']),
    api('none by API', 'GET', '/containers/json?all=1'),
    cli('one that ended', [
      'run',
      '--name',
      'alpha',
      '-l',
      'k=1',
      '-l',
      'team=a',
      'busybox',
      'sh',
      '-c',
      'exit 3',
    ]),
    cli('one that runs', [
      'run',
      '-d',
      '--name',
      'beta',
      '-l',
      'k=2',
      '-l',
      'team=a',
      '--expose',
      '80',
      'busybox',
      'sleep',
      '600',
    ]),
    cli('one that is paused', [
      'run',
      '-d',
      '--name',
      'gamma',
      '-p',
      '127.0.0.1:18081:80',
      'busybox',
      'sleep',
      '600',
    ]),
    cli('pause it', ['pause', 'gamma']),
    cli('one that is created', [
      'create',
      '--name',
      'delta',
      '-v',
      '/vol',
      '--network',
      'none',
      'busybox',
      'true',
    ]),
    ps('running ones'),
    ps('all, newest first', '-a'),
    ps('the latest', '-l'),
    ps('the last two', '-n', '2'),
    cli('ids', ['ps', '-aq']),
    cli('whole ids', ['ps', '-aq', '--no-trunc']),
    cli('commands and states', [
      'ps',
      '-a',
      '--format',
      '{{.Names}}|{{.Command}}|{{.State}}|{{.Ports}}|{{.Labels}}|{{.Networks}}',
    ]),
    cli('statuses', ['ps', '-a', '--format', '{{.Names}} {{.Status}}'], {
      rules: [[/Exited \((\d+)\) .*/g, 'Exited ($1)']],
    }),
    filtered('by name', 'name=alp'),
    filtered('by name from the beginning', 'name=^/beta$'),
    filtered('by label', 'label=team'),
    filtered('by label and value', 'label=k=2'),
    filtered('by two labels', 'label=k=2', 'label=team=a'),
    filtered('by label that nobody has', 'label=zz'),
    filtered('by status exited', 'status=exited'),
    filtered('by status running', 'status=running'),
    filtered('by status paused', 'status=paused'),
    filtered('by status created', 'status=created'),
    filtered('by two states', 'status=created', 'status=paused'),
    reworded(filtered('by a status that is none', 'status=zz'), "Invalid filter 'status=zz'", BAD_STATUS),
    filtered('by exit code', 'exited=3'),
    filtered('by an exit code that nobody has', 'exited=9'),
    filtered('by image', 'ancestor=busybox'),
    filtered('by an image that is not there', 'ancestor=nope'),
    filtered('before one', 'before=gamma'),
    filtered('since one', 'since=beta'),
    reworded(
      filtered('before nobody', 'before=nobody'),
      'no such container nobody',
      'No such container: nobody',
    ),
    filtered('by network', 'network=bridge'),
    filtered('by network none', 'network=none'),
    filtered('by volume path', 'volume=/vol'),
    filtered('by a published port', 'publish=18081'),
    filtered('by an exposed port', 'expose=80'),
    filtered('by health', 'health=none'),
    filtered('by being a task', 'is-task=false'),
    reworded(filtered('by an unknown key', 'zz=1'), 'Invalid filter', 'invalid filter'),
    newer(
      withEndpointKeys(
        api(
          'a running one by API',
          'GET',
          `/containers/json?filters=${encodeURIComponent('{"name":["beta"]}')}`,
        ),
      ),
      'the network mode is normalised',
      (oracle) =>
        rewrite(oracle, (record) =>
          'NetworkMode' in record ? { ...record, NetworkMode: 'bridge' } : record,
        ),
    ),
    withEndpointKeys(
      api(
        'a created one by API',
        'GET',
        `/containers/json?all=1&filters=${encodeURIComponent('{"name":["delta"]}')}`,
        {
          pick: (body: { Mounts: unknown }[]) => body.map(({ Mounts: _, ...rest }) => rest),
        },
      ),
    ),
    api('limit implies all', 'GET', '/containers/json?limit=1', {
      pick: (body: { Names: string[] }[]) => body.map((c) => c.Names),
    }),
    api('size', 'GET', '/containers/json?size=1', {
      pick: (body: object[]) => body.map((container) => 'SizeRootFs' in container),
    }),
    cli('rename is seen', ['rename', 'beta', 'omega']),
    ps('after it'),
    cli('unpause it', ['unpause', 'gamma']),
  ],
};
