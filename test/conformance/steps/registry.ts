// SPDX-License-Identifier: Apache-2.0
import { api, cli, type StepGroup } from '../step.ts';

/** Pulls from a registry of the test. The image `test/one:1` lies in it before the group begins. */
export const registrySteps: StepGroup = {
  noun: 'registry',
  steps: [
    cli('pulled', ['pull', '{registry}/test/one:1'], { note: 'pulled' }),
    cli('pulled again', ['pull', '{registry}/test/one:1']),
    cli('pulled quietly', ['pull', '-q', '{registry}/test/one:1']),
    cli('it runs', ['run', '--rm', '{registry}/test/one:1', 'echo', 'pulled']),
    cli('it has a digest', ['inspect', '-f', '{{.RepoTags}} {{.RepoDigests}}', '{registry}/test/one:1']),
    cli('listed with its digest', [
      'images',
      '--digests',
      '--format',
      '{{.Repository}} {{.Tag}} {{.Digest}}',
      '{registry}/test/one',
    ]),
    cli('a tag that is not there', ['pull', '{registry}/test/one:nope']),
    cli('a repository that is not there', ['pull', '{registry}/test/nope:1']),
    cli('a name that is none', ['pull', 'UPPER']),
    cli('the reserved name', ['pull', 'scratch']),
    cli('a registry that is not there', ['pull', '127.0.0.1:1/x:1']),
    cli('run pulls what is missing', ['run', '--rm', '{registry}/test/two:1', 'echo', 'two']),
    cli('run --pull never', ['run', '--rm', '--pull', 'never', '{registry}/test/nope:1', 'true']),
    cli('removed', ['rmi', '{registry}/test/one:1']),
    cli('pulled by digest', ['pull', '{registry}/test/one@{digest}']),
    cli('inspected by digest', [
      'inspect',
      '-f',
      '{{.RepoTags}} {{.RepoDigests}}',
      '{registry}/test/one@{digest}',
    ]),
    cli('removed by digest', ['rmi', '{registry}/test/one@{digest}']),
    api('created by API', 'POST', '/images/create?fromImage=127.0.0.1:5000/test/one&tag=1', {
      pick: () => 'a stream',
    }),
    cli('is there', ['images', '-q', '--no-trunc', '{registry}/test/one']),
    cli('all of them removed', ['rmi', '{registry}/test/one:1', '{registry}/test/two:1']),
  ],
};
