// SPDX-License-Identifier: Apache-2.0
import { api, cli, custom, newer, type Lab, type Step, type StepGroup } from '../step.ts';

const V = '/v1.41';

const list = (filters: object): string =>
  `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`;
const names = (body: { Names: string[] }[]): unknown => body.flatMap((each) => each.Names).toSorted();
const filtered = (name: string, key: string, filters: object): Step =>
  api(name, 'GET', list(filters), { covers: [`GET /containers/json filter ${key}`] });
const found = (name: string, key: string, filters: object): Step =>
  api(name, 'GET', list(filters), { pick: names, covers: [`GET /containers/json filter ${key}`] });

async function idOf(lab: Lab, name: string): Promise<string> {
  return (await lab.engine.docker(['inspect', '-f', '{{.Id}}', name])).stdout.trim();
}

/** Filters and columns of the list in the forms that are rarely used. */
export const filterSteps: StepGroup = {
  noun: 'filters',
  steps: [
    cli('one that works', ['run', '-d', '--name', 'busy', '-l', 'eq=a=b', 'busybox', 'sleep', '600']),
    cli('one that is made alone', ['create', '--name', 'plain', 'busybox', 'sh', '-c', 'echo "a b"', "it's"]),
    found('by a label with two signs', 'label', { label: ['eq=a=b'] }),
    api('by a label with two signs, the other form', 'GET', list({ label: { 'eq=a=b': true } }), {
      pick: names,
      covers: ['pitfall 21'],
    }),
    custom(
      'by id',
      async (lab) => {
        const Id = await idOf(lab, 'busy');
        const ask = async (id: string): Promise<unknown> =>
          names((await lab.engine.request('GET', V + list({ id: [id] }))).json as { Names: string[] }[]);
        return [await ask(Id), await ask(Id.slice(0, 12)), await ask(`^${Id.slice(0, 4)}`), await ask('zz')];
      },
      { covers: ['GET /containers/json filter id'] },
    ),
    found('by an isolation', 'isolation', { isolation: ['default'] }),
    found('by name with a slash', 'name', { name: ['/busy'] }),
    found('by name as an expression', 'name', { name: ['^/(busy|plain)$'] }),
    newer(filtered('by a health that is none', 'health', { health: ['zz'] }), 'the words of 28.5', {
      status: 400,
      body: {
        message:
          "invalid filter 'health=zz': invalid value for health (zz): must be one of none, starting, healthy, unhealthy",
      },
    }),
    newer(filtered('by an exit code that is none', 'exited', { exited: ['zz'] }), 'the words of 28.5', {
      body: { message: 'invalid filter \'exited=zz\': strconv.Atoi: parsing "zz": invalid syntax' },
      status: 400,
    }),
    newer(filtered('by a port that is none', 'publish', { publish: ['zz'] }), 'the words of 28.5', {
      status: 500,
      body: {
        message: 'error while looking up for publish zz: strconv.ParseUint: parsing "zz": invalid syntax',
      },
    }),
    newer(filtered('by a label that is not to be', 'unknown', { 'label!': ['a'] }), 'the words of 28.5', {
      status: 400,
      body: { message: "invalid filter 'label!'" },
    }),
    newer(filtered('since nobody', 'since', { since: ['nobody'] }), 'not found since 28', {
      status: 404,
      body: { message: 'No such container: nobody' },
    }),
    found('by a range of ports', 'expose', { expose: ['80-90/tcp'] }),
    newer(filtered('by a task that is none', 'is-task', { 'is-task': ['zz'] }), 'the words of 28.5', {
      status: 400,
      body: { message: "invalid filter 'is-task=[zz]'" },
    }),
    api('query parameters that are none', 'GET', '/containers/json?all=1&since=busy&before=plain&limit=-1', {
      pick: (body: unknown[]) => body.length,
      covers: ['list: limit and all'],
    }),
    api('a command with blanks', 'GET', list({ name: ['plain'] }), {
      pick: (body: { Command: string }[]) => body.map(({ Command }) => Command),
      covers: ['list: Command'],
    }),
    custom(
      'an image whose tag moved',
      async ({ engine }) => {
        await engine.docker(['tag', 'busybox', 'moving:1']);
        await engine.docker(['create', '--name', 'moved', 'moving:1', 'true']);
        const ask = async (): Promise<unknown> => {
          const answer = await engine.request('GET', V + list({ name: ['moved'] }));
          return (answer.json as { Image: string }[]).map(({ Image }) => Image.replace(/[0-9a-f]{64}/, 'ID'));
        };
        const before = await ask();
        await engine.docker(['rmi', 'moving:1']);
        const after = await ask();
        await engine.docker(['rm', 'moved']);
        return { before, after };
      },
      { covers: ['list: Image'] },
    ),
    cli('they go', ['rm', '-f', 'busy', 'plain']),
  ],
};
