// SPDX-License-Identifier: Apache-2.0
import type { Lab, Step, StepGroup } from '../step.ts';
import { api, cli, covering, custom } from '../step.ts';

const BUSYBOX = ['busybox', 'sleep', '600'];

/** Addresses are given in turn, and by now many have been: what counts is whose it is. */
async function byName(lab: Lab, text: string): Promise<string> {
  const { stdout } = await lab.engine.docker([
    'inspect',
    '-f',
    '{{.Name}} {{.NetworkSettings.IPAddress}}',
    'db',
    'web',
  ]);
  const known = stdout
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, address]) => (address ?? '') !== '');
  return known.reduce((named, [name, address]) => named.replaceAll(address ?? '', `<${name}>`), text);
}

function inside(name: string, script: string): Step {
  return custom(name, async (lab) => {
    const { code, stdout, stderr } = await lab.engine.docker(['exec', 'web', 'sh', '-c', script]);
    const lines = (await byName(lab, stdout)).split('\n');
    // Which of several links it is about is chance, too.
    return { code, stdout: lines, stderr: stderr.replace(/AS \/web\/[\w-]+/, 'AS <link>') };
  });
}

/** Their order is chance on dockerd. */
function links(container: string): Step {
  return api(`links of ${container}`, 'GET', `/containers/${container}/json`, {
    pick: (body: { HostConfig: { Links: string[] | null } }) => body.HostConfig.Links?.toSorted() ?? null,
  });
}

const names = (): Step =>
  api('all names', 'GET', '/containers/json?all=1', {
    pick: (body: { Names: string[] }[]) => body.map(({ Names }) => Names.join(' ')).toSorted(),
  });

function create(name: string, hostConfig: object): Step {
  return api(name, 'POST', '/containers/create', {
    body: { Image: 'busybox', Cmd: ['sleep', '600'], HostConfig: hostConfig },
  });
}

/** The order of links is chance, and so is the place that the container's own name, its id, has among them. */
const HOSTS = 'tail -n +7 /etc/hosts | grep -v $(hostname) | sort -k 2; grep $(hostname) /etc/hosts';
const ENV = 'env | grep "^DATA_BASE\\|^STORE" | sort';

/** Legacy links of the default bridge. */
export const linkSteps: StepGroup = {
  noun: 'links',
  steps: [
    ...covering(
      'rule: link errors',
      create('to nobody', { Links: ['nobody:x'] }),
      create('of a bad format', { Links: ['a:b:c:d'] }),
      create('of no text', { Links: [''] }),
      create('in the network of the host', { Links: ['db:x'], NetworkMode: 'host' }),
      cli('one in the network of the host', ['run', '-d', '--name', 'away', '--net', 'host', ...BUSYBOX], {
        rules: [[/.+/, '<id>']],
      }),
      create('to one in the network of the host', { Links: ['away:x'] }),
      cli('one without a network', ['run', '-d', '--name', 'alone', '--net', 'none', ...BUSYBOX], {
        rules: [[/.+/, '<id>']],
      }),
      cli('to one without a network', ['create', '--name', 'w1', '--link', 'alone:x', ...BUSYBOX], {
        rules: [[/^[0-9a-f]{64}$/m, '<id>']],
      }),
      api('can not be started', 'POST', '/containers/w1/start'),
    ),
    cli('the child', [
      'run',
      '-d',
      '--name',
      'db',
      '--expose',
      '5432',
      '--expose',
      '6000-6002',
      '-e',
      'SECRET=s=1',
      '-h',
      'dbhost',
      ...BUSYBOX,
    ]),
    cli('the parent', ['run', '-d', '--name', 'web', '--link', 'db:data-base', '--link', 'db', ...BUSYBOX]),
    ...covering(['HostConfig.Links', 'inspect: Links'], links('web'), links('db')),
    ...covering('rule: name slash', names()),
    api('one container by the name of a link', 'GET', '/containers/web/data-base/json', {
      pick: (body: { Name: string }) => body.Name,
    }),
    cli('by the CLI', ['inspect', '-f', '{{.Name}}', 'web/db']),
    ...covering('rule: link environment', inside('environment', ENV)),
    inside('of the one without an alias', 'env | grep "^DB_" | sort'),
    ...covering(
      'rule: link hosts',
      inside('hosts', HOSTS),
      inside('found by name', 'ping -c 1 -W 5 data-base >/dev/null && echo heard'),
    ),
    ...covering(
      'rule: link hosts',
      cli('the child gets another address', ['stop', '-t', '0', 'db']),
      cli('as somebody else has its own', ['run', '-d', '--name', 'thief', ...BUSYBOX]),
      cli('start it', ['start', 'db']),
      inside('hosts follow', HOSTS),
    ),
    cli('rename the parent', ['rename', 'web', 'www']),
    links('www'),
    names(),
    cli('back', ['rename', 'www', 'web']),
    cli('rename the child', ['rename', 'db', 'store']),
    links('web'),
    cli('and back', ['rename', 'store', 'db']),
    ...covering(
      'rule: link errors',
      cli('the child stops', ['stop', '-t', '0', 'db']),
      inside('exec without it', 'echo done'),
      api('restart without it', 'POST', '/containers/web/restart?t=0', {
        pick: (body: { message: string }) => body.message.replace(/AS \/web\/[\w-]+/, 'AS <link>'),
      }),
    ),
    cli('start both', ['start', 'db', 'web']),
    api('remove no link', 'DELETE', '/containers/web?link=1'),
    api('remove a link that is none', 'DELETE', '/containers/web/zz?link=1'),
    cli('remove one link', ['rm', '--link', '/web/data-base']),
    links('web'),
    inside('hosts without it', HOSTS),
    names(),
    cli('a parent that goes', ['rm', '-f', 'web']),
    names(),
    cli('the shape that inspect shows', [
      'run',
      '-d',
      '--name',
      'web',
      '--link',
      '/db:/old/store',
      ...BUSYBOX,
    ]),
    links('web'),
    cli('a child that goes', ['rm', '-f', 'db']),
    links('web'),
    names(),
    inside('exec without a child', 'echo done'),
  ],
};
