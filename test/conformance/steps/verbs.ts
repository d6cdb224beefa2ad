// SPDX-License-Identifier: Apache-2.0
import {
  api,
  cli,
  covering,
  custom,
  type Lab,
  newer,
  refused,
  reworded,
  type Step,
  type StepGroup,
} from '../step.ts';

const COMMIT = 'POST /commit';

const commit = (name: string, query: string, body?: object): Step =>
  api(name, 'POST', `/commit?container=source${query}`, body === undefined ? {} : { body });

/** The parts of an image's configuration that a commit decides on. */
const configOf = (name: string, image: string, note = ''): Step =>
  api(`${name}${note}`, 'GET', `/images/${image}/json`, {
    pick: (body: {
      Config: object;
      Comment: string;
      Author: string;
      Parent: string;
      RepoTags: string[];
    }) => ({
      config: body.Config,
      comment: body.Comment,
      author: body.Author,
      parent: body.Parent !== '',
      tags: body.RepoTags,
    }),
  });

const change = (line: string): string => `&changes=${encodeURIComponent(line)}`;

/** What a change to the source makes of its configuration, or how it is refused. */
const changed = (name: string, ...lines: readonly string[]): readonly Step[] =>
  covering(
    'rule: commit changes',
    commit(`commit with ${name}`, `&repo=changed${lines.map(change).join('')}`),
    {
      ...configOf(`its configuration with ${name}`, 'changed'),
    },
  );

const refusedChange = (line: string): Step => commit(`a change that is none: ${line}`, change(line));

const eventsSince = async ({ engine }: Lab, act: () => Promise<unknown>): Promise<readonly string[]> => {
  const from = (Date.now() / 1000).toFixed(9);
  await act();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const until = (Date.now() / 1000).toFixed(9);
  const answer = await engine.request('GET', `/v1.41/events?since=${from}&until=${until}`);
  return answer.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { Type: string; Action: string; Actor: { Attributes: object } })
    .filter(({ Type }) => Type === 'image' || Type === 'container')
    .map(({ Type, Action, Actor }) => `${Type} ${Action} ${Object.keys(Actor.Attributes).toSorted().join()}`);
};

const UNTIL = 'failed to parse value as time or duration: "zz"';
const NOT_A_REFERENCE = 'invalid reference format';

/** Verbs that make something else of a container: images, lists of processes, names, what is left of many. */
export const verbSteps: StepGroup = {
  noun: 'verbs',
  steps: [
    cli('a container to make images of', [
      'run',
      '-d',
      '--name',
      'source',
      '-v',
      '/volume',
      '-e',
      'A=1',
      '-l',
      'own=1',
      '--expose',
      '80',
      'busybox',
      'sleep',
      '600',
    ]),
    cli('that has changes', [
      'exec',
      'source',
      'sh',
      '-c',
      'mkdir -p /made/deep; echo text > /made/file; ln /made/file /made/hard; ln -s file /made/soft; ' +
        'mkfifo /made/fifo; chmod 4755 /made/deep; rm -f /etc/group; rm -rf /home /tmp; mkdir /home; ' +
        'echo hidden > /volume/hidden; chown 5:6 /made/file',
    ]),
    ...covering(COMMIT, api('commit of nobody', 'POST', '/commit?container=nobody')),
    ...covering(COMMIT, api('commit without a container', 'POST', '/commit')),
    ...covering(
      COMMIT,
      newer(commit('commit under a bad name', '&repo=UPPER'), "a bad name is the client's fault", {
        status: 400,
        body: { message: `${NOT_A_REFERENCE}: repository name (library/UPPER) must be lowercase` },
      }),
      newer(commit('commit under a bad tag', '&repo=a&tag=-x'), "a bad tag is the client's fault", {
        status: 400,
        body: { message: 'invalid tag format' },
      }),
      refused(
        commit('commit under a digest', `&repo=busybox@sha256:${'0'.repeat(64)}`),
        400,
        'cannot import digest reference',
      ),
      commit('commit under a name like a digest', '&repo=sha256&tag=x'),
    ),
    ...covering(COMMIT, commit('commit', '&repo=committed&comment=why&author=who')),
    ...covering('rule: commit', configOf('what it is configured to', 'committed')),
    ...covering(
      'rule: commit',
      cli('its files', [
        'run',
        '--rm',
        'committed',
        'sh',
        '-c',
        'cd /made; stat -c "%n %a %u:%g %h %F" * | sort; cat hard soft; ls /etc /home /volume | grep -v mtab; ls -d /tmp',
      ]),
      cli('its history', ['history', '--format', '{{.CreatedBy}}|{{.Size}}|{{.Comment}}', 'committed']),
      cli('it has no more to tell than its own changes', [
        'run',
        '--name',
        'grandchild',
        'committed',
        'touch',
        '/more',
      ]),
      cli('diff of a container of it', ['diff', 'grandchild'], { sort: true }),
    ),
    ...covering('rule: commit', cli('commit of an ended one', ['commit', 'grandchild', 'second'])),
    ...covering(
      'rule: commit',
      cli('history of two commits', ['history', '--format', '{{.CreatedBy}}|{{.Size}}', 'second']),
    ),
    ...covering(
      'GET /containers/json filter ancestor',
      cli('a container of the second', ['create', '--name', 'third', 'second', 'true']),
      cli('descendants of an image', [
        'ps',
        '-a',
        '--filter',
        'ancestor=committed',
        '--format',
        '{{.Names}}',
      ]),
      cli('descendants of the first image', [
        'ps',
        '-aq',
        '--filter',
        'ancestor=busybox',
        '--format',
        '{{.Names}}',
      ]),
    ),
    cli('an image with children', ['rmi', 'committed']),
    custom(
      'commit of one that changed nothing',
      async ({ engine }) => {
        await engine.docker(['create', '--name', 'same', 'busybox', 'true']);
        const { stdout } = await engine.docker(['commit', 'same', 'same']);
        const layers = await engine.docker(['inspect', '-f', '{{len .RootFS.Layers}}', 'busybox', 'same']);
        return [stdout.slice(0, 7), layers.stdout];
      },
      { covers: ['rule: commit'] },
    ),
    ...changed('programs', 'CMD a b', 'ENTRYPOINT ["e", "f"]'),
    ...changed('an entrypoint alone', 'ENTRYPOINT ["e"]'),
    ...changed('variables', 'ENV A=2 B="x y" C=$A', "ENV D '$A'"),
    ...changed('labels', 'LABEL own=2 other="x y"'),
    ...changed('ports', 'EXPOSE 81 90-91/udp'),
    ...changed('volumes', 'VOLUME /a /b', 'VOLUME ["/c d"]'),
    ...changed('user and directory', 'USER 5:6', 'WORKDIR a', 'WORKDIR b'),
    ...changed('a trigger', 'ONBUILD RUN x $A'),
    ...changed('a health check', 'HEALTHCHECK --interval=5s --retries=2 CMD curl x'),
    ...changed('no health check', 'HEALTHCHECK NONE'),
    ...covering(
      'rule: commit changes',
      reworded(refusedChange('RUN x'), 'run is', 'RUN is'),
      reworded(refusedChange('FROM x'), 'from is', 'FROM is'),
      refusedChange('ENV a'),
      refusedChange('ENV a=1 c'),
      refusedChange('ENV'),
      refusedChange('LABEL'),
      refusedChange('EXPOSE'),
      reworded(refusedChange('EXPOSE abc'), 'Invalid containerPort', 'invalid containerPort'),
      refusedChange('VOLUME []'),
      refusedChange('VOLUME [""]'),
      refusedChange('USER'),
      refusedChange('WORKDIR'),
      refusedChange('ONBUILD FROM x'),
      refusedChange('ONBUILD ONBUILD x'),
      refusedChange('HEALTHCHECK FOO'),
      refusedChange('HEALTHCHECK NONE x'),
      refusedChange('HEALTHCHECK CMD'),
      refusedChange('HEALTHCHECK --interval=1us CMD x'),
      reworded(refusedChange('HEALTHCHECK --foo=1 CMD x'), 'Unknown flag: foo', 'unknown flag: --foo'),
      refusedChange('CMD [1]'),
    ),
    ...covering(
      'rule: commit changes',
      commit('commit with a configuration', '&repo=configured', {
        Cmd: ['x'],
        Env: ['B=2', 'A=3'],
        User: 'u',
        Labels: { more: '1' },
      }),
      configOf('what comes of it', 'configured'),
      commit('commit with an empty configuration', '&repo=configured', {}),
      configOf('what comes of it', 'configured', ' then'),
    ),
    // The image's own event is there since 1.46, and hidden from older clients.
    custom(
      'events of a commit',
      async (lab) => eventsSince(lab, () => lab.engine.docker(['commit', '-m', 'x', 'source', 'told'])),
      { covers: ['rule: commit events'] },
    ),
    custom(
      'a running one is paused meanwhile unless it is not to be',
      async (lab) => eventsSince(lab, () => lab.engine.docker(['commit', '--pause=false', 'source'])),
      { covers: ['rule: commit'] },
    ),
    cli('and runs on', ['inspect', '-f', '{{.State.Status}}', 'source']),
    cli('pause it', ['pause', 'source']),
    ...covering('rule: commit', cli('commit of a paused one', ['commit', 'source', 'frozen'])),
    cli('it stays paused', ['inspect', '-f', '{{.State.Status}}', 'source']),
    cli('unpause it', ['unpause', 'source']),
    // Neither engine of the laboratory runs with --experimental; what is beyond has a test of its own.
    ...covering(
      'rule: checkpoints',
      ...covering(
        'GET /containers/{id}/checkpoints',
        api('checkpoints', 'GET', '/containers/source/checkpoints'),
      ),
      ...covering(
        'POST /containers/{id}/checkpoints',
        api('a checkpoint', 'POST', '/containers/source/checkpoints', { body: { CheckpointID: 'one' } }),
      ),
      ...covering(
        'DELETE /containers/{id}/checkpoints/{checkpoint}',
        api('no checkpoint any more', 'DELETE', '/containers/source/checkpoints/one'),
      ),
      api('start from a checkpoint', 'POST', '/containers/source/start?checkpoint=one'),
    ),
    ...covering(
      'GET /containers/{id}/attach/ws',
      api('WebSocket of nobody', 'GET', '/containers/nobody/attach/ws?stream=1'),
      api('WebSocket with bad detach keys', 'GET', '/containers/source/attach/ws?detachKeys=zzz'),
    ),
    ...covering(
      'rule: top',
      api('top in another form', 'GET', '/containers/source/top?ps_args=-o%20pid,comm', {
        pick: (body: { Titles: string[]; Processes: string[][] }) => [
          body.Titles,
          body.Processes.map((row) => row.at(-1)),
        ],
      }),
      api('top without a number', 'GET', '/containers/source/top?ps_args=-o%20comm'),
      api('top with another column called PID', 'GET', '/containers/source/top?ps_args=-o%20ppid%3DPID'),
    ),
    ...covering(
      'rule: prune',
      reworded(prune('prune by a filter that is none', { zz: ['1'] }), 'Invalid filter', 'invalid filter'),
    ),
    ...covering('rule: prune', refused(prune('prune until nonsense', { until: ['zz'] }), 400, UNTIL)),
    ...covering(
      'rule: prune',
      refused(
        prune('prune until two times', { until: ['1h', '2h'] }),
        400,
        'more than one until filter specified',
      ),
    ),
    ...covering(
      'rule: prune',
      prune('prune by a label that nobody has', { label: ['nobody'] }),
      prune('prune of what has not a label', { 'label!': ['own'], until: ['24h'] }),
      custom(
        'prune',
        async ({ engine }) => {
          const answer = await engine.request('POST', '/v1.41/containers/prune');
          const { ContainersDeleted: deleted } = answer.json as { ContainersDeleted: string[] };
          const { stdout } = await engine.docker(['ps', '-a', '--format', '{{.Names}}']);
          return [answer.status, deleted.length, stdout];
        },
        { covers: ['POST /containers/prune'] },
      ),
    ),
  ],
};

function prune(name: string, filters: object): Step {
  return api(name, 'POST', `/containers/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`);
}
