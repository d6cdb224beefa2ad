// SPDX-License-Identifier: Apache-2.0
import { converse } from '../../support/conversation.ts';
import { covering, api, cli, custom, refused, type StepGroup } from '../step.ts';

/** Attach, and the raw bytes of a hijacked connection. */
export const attachSteps: StepGroup = {
  noun: 'attach',
  steps: [
    cli('one that waits for a line', [
      'run',
      '-d',
      '-i',
      '--name',
      'reader',
      'busybox',
      'sh',
      '-c',
      'read line; echo got $line; exit 6',
    ]),
    // The client's end of input cuts its output at once, so it must stay on the line until the answer came.
    ...covering(
      'attach: stream',
      custom('attached and spoken to', async ({ engine }) => {
        const attached = converse(engine.spawnDocker(['attach', 'reader']));
        attached.say('hello\n');
        const answer = await attached.hear(/.*hello\n/);
        return { answer, code: await attached.end() };
      }),
    ),
    ...covering('attach: stopped', cli('to a stopped one', ['attach', 'reader'])),
    ...covering('attach: refusals', cli('to nobody', ['attach', 'nobody'])),
    ...covering(
      'attach: refusals',
      custom('to nobody by API', async ({ engine }) => {
        const answer = await engine.request('POST', '/v1.41/containers/nobody/attach?stream=1&stdout=1');
        return { status: answer.status, text: answer.text };
      }),
    ),
    ...covering(
      'attach: logs',
      custom('the log of a stopped one', async ({ engine }) => {
        const answer = await engine.request(
          'POST',
          '/v1.41/containers/reader/attach?logs=1&stdout=1&stderr=1',
        );
        return {
          status: answer.status,
          type: answer.headers['content-type'],
          bytes: answer.bytes.toString('latin1'),
        };
      }),
    ),
    cli('attached before start', ['create', '-i', '--name', 'cat', 'busybox', 'cat']),
    ...covering(
      'attach: end of stdin',
      cli('start -ai', ['start', '-ai', 'cat'], { input: 'through cat\n' }),
    ),
    cli('paused', ['run', '-d', '--name', 'paused', 'busybox', 'sleep', '600']),
    cli('pause it', ['pause', 'paused']),
    ...covering('attach: refusals', cli('attached to a paused one', ['attach', 'paused'])),
    ...covering('rule: resize', api('resize', 'POST', '/containers/paused/resize?h=20&w=30')),
    refused(
      api('resize with a bad height', 'POST', '/containers/paused/resize?h=zz&w=30'),
      400,
      'invalid resize height "zz": invalid syntax',
    ),
    cli('unpause it', ['unpause', 'paused']),
  ],
};
