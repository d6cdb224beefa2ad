// SPDX-License-Identifier: Apache-2.0
import {
  covering,
  api,
  cli,
  newer,
  reworded,
  rewrite,
  withEndpointKeys,
  type Step,
  type StepGroup,
} from '../step.ts';

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
    ...covering('list: limit and all', ps('all, newest first', '-a')),
    ps('the latest', '-l'),
    ps('the last two', '-n', '2'),
    cli('ids', ['ps', '-aq']),
    cli('whole ids', ['ps', '-aq', '--no-trunc']),
    ...covering(
      ['list: Command', 'list: Ports'],
      cli('commands and states', [
        'ps',
        '-a',
        '--format',
        '{{.Names}}|{{.Command}}|{{.State}}|{{.Ports}}|{{.Labels}}|{{.Networks}}',
      ]),
    ),
    ...covering(
      'rule: status text',
      cli('statuses', ['ps', '-a', '--format', '{{.Names}} {{.Status}}'], {
        rules: [[/Exited \((\d+)\) .*/g, 'Exited ($1)']],
      }),
    ),
    ...covering('GET /containers/json filter name', filtered('by name', 'name=alp')),
    ...covering('GET /containers/json filter name', filtered('by name from the beginning', 'name=^/beta$')),
    ...covering('GET /containers/json filter label', filtered('by label', 'label=team')),
    ...covering('GET /containers/json filter label', filtered('by label and value', 'label=k=2')),
    ...covering('GET /containers/json filter label', filtered('by two labels', 'label=k=2', 'label=team=a')),
    filtered('by label that nobody has', 'label=zz'),
    ...covering('GET /containers/json filter status', filtered('by status exited', 'status=exited')),
    filtered('by status running', 'status=running'),
    ...covering('GET /containers/json filter status', filtered('by status paused', 'status=paused')),
    filtered('by status created', 'status=created'),
    filtered('by two states', 'status=created', 'status=paused'),
    ...covering(
      'GET /containers/json filter status',
      reworded(filtered('by a status that is none', 'status=zz'), "Invalid filter 'status=zz'", BAD_STATUS),
    ),
    ...covering('GET /containers/json filter exited', filtered('by exit code', 'exited=3')),
    filtered('by an exit code that nobody has', 'exited=9'),
    ...covering('GET /containers/json filter ancestor', filtered('by image', 'ancestor=busybox')),
    ...covering(
      'GET /containers/json filter ancestor',
      filtered('by an image that is not there', 'ancestor=nope'),
    ),
    ...covering('GET /containers/json filter before', filtered('before one', 'before=gamma')),
    ...covering('GET /containers/json filter since', filtered('since one', 'since=beta')),
    ...covering(
      'GET /containers/json filter before',
      reworded(
        filtered('before nobody', 'before=nobody'),
        'no such container nobody',
        'No such container: nobody',
      ),
    ),
    ...covering('GET /containers/json filter network', filtered('by network', 'network=bridge')),
    filtered('by network none', 'network=none'),
    ...covering('GET /containers/json filter volume', filtered('by volume path', 'volume=/vol')),
    ...covering('GET /containers/json filter publish', filtered('by a published port', 'publish=18081')),
    ...covering('GET /containers/json filter expose', filtered('by an exposed port', 'expose=80')),
    ...covering('GET /containers/json filter health', filtered('by health', 'health=none')),
    ...covering('GET /containers/json filter is-task', filtered('by being a task', 'is-task=false')),
    ...covering(
      'GET /containers/json filter unknown',
      reworded(filtered('by an unknown key', 'zz=1'), 'Invalid filter', 'invalid filter'),
    ),
    ...covering(
      ['list: item', 'list: Ports'],
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
    ),
    ...covering(
      'list: item',
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
    ),
    ...covering(
      'list: limit and all',
      api('limit implies all', 'GET', '/containers/json?limit=1', {
        pick: (body: { Names: string[] }[]) => body.map((c) => c.Names),
      }),
    ),
    ...covering(
      'list: size',
      api('size', 'GET', '/containers/json?size=1', {
        pick: (body: object[]) => body.map((container) => 'SizeRootFs' in container),
      }),
    ),
    cli('rename is seen', ['rename', 'beta', 'omega']),
    ps('after it'),
    cli('unpause it', ['unpause', 'gamma']),
  ],
};
