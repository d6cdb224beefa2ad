// SPDX-License-Identifier: Apache-2.0
import { api, cli, custom, later, newer, refused, reworded, type StepGroup } from '../step.ts';

/** Lists, tags, removal, load. */
export const imageSteps: StepGroup = {
  noun: 'images',
  steps: [
    cli('listed', ['images', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}', '--no-trunc']),
    api('listed by API', 'GET', '/images/json', {
      pick: (body: { RepoTags: string[] }[]) =>
        body.find((image) => image.RepoTags.includes('busybox:latest')),
    }),
    api('inspected', 'GET', '/images/busybox/json', {
      pick: ({ GraphDriver: _, Metadata: _m, DockerVersion: _v, ...rest }: Record<string, unknown>) => rest,
    }),
    refused(
      api('inspected with a tag that is not there', 'GET', '/images/busybox:nope/json'),
      404,
      'No such image: busybox:nope',
    ),
    refused(api('inspected, not there', 'GET', '/images/nope/json'), 404, 'No such image: nope:latest'),
    refused(
      api('inspected by a bad name', 'GET', '/images/UPPER/json'),
      400,
      'invalid reference format: repository name (library/UPPER) must be lowercase',
    ),
    api('history', 'GET', '/images/busybox/history', {
      pick: (body: { CreatedBy: string; Tags: string[] }[]) =>
        body.map(({ CreatedBy, Tags }) => [CreatedBy, Tags]),
    }),
    cli('tagged', ['tag', 'busybox', 'again:1']),
    cli('tagged twice', ['tag', 'busybox', 'again:2']),
    cli('tagged from nothing', ['tag', 'nope', 'x:1']),
    cli('tagged with a bad name', ['tag', 'busybox', 'UPPER']),
    api('tagged by API', 'POST', '/images/busybox/tag?repo=again&tag=3'),
    newer(
      api('tagged by API with a bad tag', 'POST', '/images/busybox/tag?repo=again&tag=-3'),
      "a bad tag is the client's fault",
      { status: 400 },
    ),
    cli('all tags', ['images', '--format', '{{.Repository}}:{{.Tag}}'], { sort: true }),
    cli('by reference', ['images', '--filter', 'reference=again', '--format', '{{.Tag}}'], { sort: true }),
    cli('by reference and tag', ['images', '--filter', 'reference=again:1', '--format', '{{.Tag}}'], {
      sort: true,
    }),
    cli('by pattern', ['images', '--filter', 'reference=a*:*', '--format', '{{.Tag}}'], { sort: true }),
    cli('dangling ones', ['images', '--filter', 'dangling=true', '-q']),
    reworded(cli('by an unknown filter', ['images', '--filter', 'zz=1']), 'Invalid filter', 'invalid filter'),
    cli('by name', ['images', 'again', '--format', '{{.Tag}}'], { sort: true }),
    cli('by label that none has', ['images', '--filter', 'label=zz', '-q']),
    cli('a tag removed', ['rmi', 'again:1']),
    cli('a tag removed that is not there', ['rmi', 'again:1']),
    api('a tag removed by API', 'DELETE', '/images/again:3'),
    custom('an image with several tags, removed by id', async ({ engine }) => {
      const id = (await engine.docker(['images', '-q', '--no-trunc', 'busybox'])).stdout.trim();
      const removed = await engine.docker(['rmi', id]);
      return { code: removed.code, stderr: removed.stderr };
    }),
    cli('a container of it', ['create', '--name', 'user', 'busybox', 'true']),
    cli('another tag can go', ['rmi', 'again:2']),
    cli('the last tag can not', ['rmi', 'busybox']),
    custom('by id neither', async ({ engine }) => {
      const id = (await engine.docker(['images', '-q', '--no-trunc', 'busybox'])).stdout.trim();
      const removed = await engine.docker(['rmi', id]);
      return { code: removed.code, stderr: removed.stderr };
    }),
    cli('the container goes', ['rm', 'user']),
    custom('then it goes, with its layers', async ({ engine }) => {
      const removed = await engine.docker(['rmi', 'busybox']);
      return { code: removed.code, stdout: removed.stdout, stderr: removed.stderr };
    }),
    cli('nothing is left', ['images', '-aq']),
    cli('loaded', ['load', '-i', '{files}/busybox.tar']),
    cli('loaded again', ['load', '-q', '-i', '{files}/busybox.tar']),
    reworded(
      cli('loaded from stdin that is no archive', ['load'], { input: 'this is no archive' }),
      'Error processing tar file(exit status 1): ',
      '',
    ),
    cli('it runs', ['run', '--rm', 'busybox', 'echo', 'again']),
    later(cli('prune leaves what has a tag', ['image', 'prune', '-f'])),
    later(cli('save of nothing', ['save', 'nope'])),
  ],
};
