// SPDX-License-Identifier: Apache-2.0
import { covering, custom, type Lab, type Step, type StepGroup } from '../step.ts';

interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
}

function tell(event: EngineEvent): string {
  const { exitCode, signal, name } = event.Actor.Attributes;
  const detail = [
    exitCode === undefined ? '' : ` exit=${exitCode}`,
    signal === undefined ? '' : ` signal=${signal}`,
  ];
  return `${event.Type} ${event.Action.replace(/[0-9a-f]{64}/, '<id>')}${detail.join('')}${event.Type === 'network' ? ` ${name}` : ''}`;
}

/** `stop` and `die` come in either order (spec/clients.md §4.4): sorted where they are neighbours. */
function settle(actions: readonly string[]): string[] {
  const settled = [...actions];
  for (let index = 1; index < settled.length; index++) {
    const [before, after] = [settled[index - 1] ?? '', settled[index] ?? ''];
    if (before.startsWith('container stop') && after.startsWith('container die')) {
      settled.splice(index - 1, 2, after, before);
    }
  }
  return settled;
}

async function during(
  lab: Lab,
  types: readonly string[],
  deeds: readonly (readonly string[])[],
): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, 30));
  const since = Date.now() / 1000;
  const codes: number[] = [];
  for (const deed of deeds) {
    if (deed[0] === 'sleep') await new Promise((resolve) => setTimeout(resolve, Number(deed[1])));
    else codes.push((await lab.engine.docker(deed)).code);
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  const filters = encodeURIComponent(JSON.stringify({ type: types }));
  const until = Date.now() / 1000;
  const answer = await lab.engine.request(
    'GET',
    `/v1.41/events?since=${since.toFixed(6)}&until=${until.toFixed(6)}&filters=${filters}`,
  );
  const events = answer.text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EngineEvent);
  return { codes, events: settle(events.map(tell)) };
}

function events(name: string, ...deeds: readonly (readonly string[])[]): Step {
  return custom(name, (lab) => during(lab, ['container'], deeds));
}

const SLEEPER = ['busybox', 'sleep', '600'];

/** Which events each deed makes, and in which order (spec/clients.md §4.4). */
export const eventSteps: StepGroup = {
  noun: 'events',
  steps: [
    ...covering(
      'rule: events of an exit',
      events('run to the end', ['run', '--name', 'e1', 'busybox', 'sh', '-c', 'exit 2']),
    ),
    ...covering('rule: events of an exit', events('run --rm', ['run', '--rm', 'busybox', 'true'])),
    events('run detached', ['run', '-d', '--name', 'e2', ...SLEEPER]),
    ...covering('rule: events of stop, kill and restart', events('stop', ['stop', '-t', '0', 'e2'])),
    events('stop of a stopped one', ['stop', 'e2']),
    ...covering('rule: events of a start', events('start', ['start', 'e2'])),
    ...covering('rule: events of stop, kill and restart', events('kill', ['kill', 'e2'], ['wait', 'e2'])),
    ...covering(
      'rule: events of stop, kill and restart',
      events('start again and restart', ['start', 'e2'], ['restart', '-t', '0', 'e2']),
    ),
    events('a signal that does not end', ['kill', '-s', 'WINCH', 'e2']),
    events('pause and unpause', ['pause', 'e2'], ['unpause', 'e2']),
    events('rename', ['rename', 'e2', 'e3']),
    ...covering(['exec: events', 'pitfall 25'], events('exec', ['exec', 'e3', 'sh', '-c', 'exit 4'])),
    events('top', ['top', 'e3']),
    events('rm -f of a running one', ['rm', '-f', 'e3']),
    events('rm of a stopped one', ['rm', 'e1']),
    events('create and rm', ['create', '--name', 'e4', 'busybox'], ['rm', 'e4']),
    ...covering(
      'rule: state failed start',
      events('a start that fails', ['run', '--name', 'e5', 'busybox', 'nosuch'], ['rm', 'e5']),
    ),
    events(
      'a restart policy',
      ['run', '-d', '--name', 'e6', '--restart', 'on-failure:2', 'busybox', 'sh', '-c', 'exit 1'],
      ['sleep', '2500'],
      ['rm', '-f', 'e6'],
    ),
    events(
      'graceful stop',
      ['run', '-d', '--name', 'e7', 'busybox', 'sh', '-c', 'trap "exit 3" TERM; while :; do sleep 0.1; done'],
      ['sleep', '300'],
      ['stop', 'e7'],
      ['rm', 'e7'],
    ),
    ...covering(
      ['rule: events of a start', 'rule: events of an exit'],
      custom('networks connect and disconnect', (lab) =>
        during(
          lab,
          ['network'],
          [
            ['run', '--rm', 'busybox', 'true'],
            ['sleep', '300'],
          ],
        ),
      ),
    ),
    custom('images tag and untag', (lab) =>
      during(
        lab,
        ['image'],
        [
          ['tag', 'busybox', 'ev:1'],
          ['rmi', 'ev:1'],
        ],
      ),
    ),
    ...covering(
      'rule: event attributes',
      custom('an event has these attributes', async ({ engine }) => {
        const since = Date.now() / 1000 - 0.001;
        await engine.docker(['run', '--name', 'e8', '-l', 'k=v', 'busybox', 'true']);
        const until = Date.now() / 1000 + 0.2;
        const filters = encodeURIComponent(JSON.stringify({ container: ['e8'], event: ['die', 'start'] }));
        const answer = await engine.request(
          'GET',
          `/v1.41/events?since=${since.toFixed(6)}&until=${until.toFixed(6)}&filters=${filters}`,
        );
        const all = answer.text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as EngineEvent & { Actor: { ID: string } });
        return all.map((event) => ({
          ...event,
          Actor: { ...event.Actor, Attributes: { ...event.Actor.Attributes, execDuration: 'any' } },
        }));
      }),
    ),
    custom('filtered by label', (lab) => during(lab, ['container'], [['ps']])),
  ],
};
