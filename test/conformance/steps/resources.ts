// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import {
  covering,
  api,
  cli,
  custom,
  type Lab,
  newer,
  refused,
  reworded,
  type Step,
  type StepGroup,
} from '../step.ts';

/** What a single look tells, values aside. */
const stats = (name: string, container: string, query: string): Step =>
  api(name, 'GET', `/containers/${container}/stats?${query}`, { shape: true });

const prune = async (lab: Lab, filters: object): Promise<Json> => {
  const text = encodeURIComponent(JSON.stringify(filters));
  const answer = await lab.engine.request('POST', `/v1.41/containers/prune?filters=${text}`);
  return { status: answer.status, body: answer.json as Json };
};

const update = (name: string, container: string, body: object): Step =>
  api(name, 'POST', `/containers/${container}/update`, { body });

/** What containers use, what they may use, their processes, and removing those that do not run. */
export const resourceSteps: StepGroup = {
  noun: 'resources',
  steps: [
    cli('one that runs', ['run', '-d', '--name', 'one', '-m', '64m', 'busybox', 'sleep', '600']),
    cli('one that does not', ['create', '--name', 'off', '-l', 'a=b', 'busybox', 'true']),
    cli('one with the network of the host', [
      'run',
      '-d',
      '--name',
      'host',
      '--net',
      'host',
      'busybox',
      'sleep',
      '600',
    ]),
    ...covering(['stats: one shot', 'stats: shape'], stats('stats, one shot', 'one', 'stream=0&one-shot=1')),
    ...covering(['stats: no stream', 'stats: shape'], stats('stats, once', 'one', 'stream=0')),
    ...covering('stats: stopped', stats('stats of one that does not run', 'off', 'stream=0')),
    ...covering(
      'stats: networks',
      stats('stats with the network of the host', 'host', 'stream=0&one-shot=1'),
    ),
    stats('stats of nobody', 'nobody', 'stream=0'),
    api('stats, one shot and a stream', 'GET', '/containers/one/stats?one-shot=1'),
    ...covering('rule: top', cli('top', ['top', 'one', '-o', 'cmd,pid'], { rules: [[/\d+$/gm, '<pid>']] })),
    reworded(
      api('top of one that does not run', 'GET', '/containers/off/top'),
      'Container <id>',
      'container <id>',
    ),
    api('top of nobody', 'GET', '/containers/nobody/top'),
    ...covering(
      'rule: top',
      api('top without process numbers', 'GET', '/containers/one/top?ps_args=-o%20cmd'),
    ),
    ...covering(
      'rule: top',
      api('top with another column called PID', 'GET', '/containers/one/top?ps_args=-o%20cmd%3DPID'),
    ),
    ...covering(
      'rule: top',
      api('top with an option that is none', 'GET', '/containers/one/top?ps_args=--foo'),
    ),
    api('top with options that do not choose', 'GET', '/containers/one/top?ps_args=aux', {
      pick: (body: { Titles: readonly string[] }) => body.Titles,
    }),
    ...covering('rule: update', update('update of nothing', 'one', {})),
    ...covering(
      'rule: update limits',
      update('update of memory above the swap limit', 'one', { Memory: 512 * 1024 * 1024 }),
    ),
    update('update of both', 'one', { Memory: 512 * 1024 * 1024, MemorySwap: 1024 * 1024 * 1024 }),
    update('update of swap alone', 'one', { MemorySwap: 2048 * 1024 * 1024 }),
    update('update of too little memory', 'one', { Memory: 1024 }),
    ...covering(
      'rule: update',
      update('update of CPU shares and processes', 'one', { CpuShares: 512, PidsLimit: 44 }),
    ),
    update('update of CPUs', 'one', { NanoCpus: 500_000_000 }),
    update('update of a period beside them', 'one', { CpuPeriod: 50_000 }),
    update('update of a quota beside them', 'one', { CpuQuota: 50_000 }),
    reworded(
      update('update of more CPUs than there are', 'one', { NanoCpus: 900_000_000_000 }),
      'Range',
      'range',
    ),
    update('update of a cpuset that is none', 'one', { CpusetCpus: 'x' }),
    ...covering(
      'rule: restart update',
      update('update of the restart policy', 'one', {
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 },
      }),
    ),
    update('update to no process limit', 'one', { PidsLimit: -1 }),
    refused(
      update('update of a value of another type', 'one', { Memory: 'much' }),
      400,
      'invalid JSON: json: cannot unmarshal string into Go struct field UpdateConfig.Memory of type int64',
    ),
    update('update of nobody', 'nobody', {}),
    update('update of one that does not run', 'off', { CpuShares: 100 }),
    ...covering(
      'rule: update',
      cli('what came of it', [
        'inspect',
        '-f',
        '{{json .HostConfig.RestartPolicy}} {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}} ' +
          '{{.HostConfig.CpuShares}} {{.HostConfig.PidsLimit}}',
        'one',
      ]),
    ),
    cli('one that removes itself', ['run', '-d', '--rm', '--name', 'gone', 'busybox', 'sleep', '600']),
    ...covering(
      'rule: restart update',
      update('update of its restart policy', 'gone', { RestartPolicy: { Name: 'always' } }),
    ),
    ...covering(
      'rule: prune',
      reworded(
        custom('prune with an unknown filter', (lab) => prune(lab, { what: ['x'] })),
        'Invalid',
        'invalid',
      ),
    ),
    ...covering(
      'rule: prune',
      newer(
        custom('prune until whenever', (lab) => prune(lab, { until: ['whenever'] })),
        'the status of 28.5',
        { status: 400 },
      ),
    ),
    ...covering(
      'rule: prune',
      newer(
        custom('prune with two ends', (lab) => prune(lab, { until: ['1h', '2h'] })),
        'the status of 28.5',
        { status: 400 },
      ),
    ),
    ...covering(
      'rule: prune',
      custom('prune of what is old', (lab) => prune(lab, { until: ['1h'] })),
    ),
    ...covering(
      ['rule: prune', 'POST /containers/prune'],
      custom('prune of what has no such label', (lab) => prune(lab, { 'label!': ['a=b'] })),
    ),
    ...covering(
      ['rule: prune', 'POST /containers/prune'],
      custom('prune of what has the label', (lab) => prune(lab, { label: ['a=b'] })),
    ),
    cli('who is left', ['ps', '-a', '--format', '{{.Names}}'], { sort: true }),
  ],
};
