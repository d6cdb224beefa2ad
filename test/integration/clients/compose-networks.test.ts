// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type ComposeProject, composeIsMissing, createComposeProject } from '../../support/compose.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const FILE = `
name: nets
services:
  db:
    image: busybox
    command: ["sleep", "600"]
    stop_signal: SIGKILL
    networks: { back: { aliases: [store], ipv4_address: 10.77.0.9 } }
  web:
    image: busybox
    command: ["sleep", "600"]
    stop_signal: SIGKILL
    ports: ["8099:80"]
    networks: [front, back]
  plain:
    image: busybox
    command: ["sleep", "600"]
    stop_signal: SIGKILL
networks:
  front:
  back:
    internal: true
    ipam: { config: [{ subnet: 10.77.0.0/24 }] }
`;

describe('a Compose project with networks of its own', { skip: composeIsMissing() }, () => {
  const engine = useEngine();
  let project: ComposeProject;
  const compose = async (...args: readonly string[]): Promise<string> => project.compose(...args);
  const inside = async (service: string, script: string): Promise<string> =>
    compose('exec', '-T', service, 'sh', '-c', script);
  const networksOf = async (service: string): Promise<string> =>
    docker(engine(), [
      'inspect',
      '-f',
      '{{range $n, $e := .NetworkSettings.Networks}}{{$n}} {{end}}',
      `nets-${service}-1`,
    ]);

  before(async () => {
    project = await createComposeProject(engine(), { 'compose.yaml': FILE });
    await compose('up', '-d');
  });

  it('has its services where they belong, under the addresses that they were given', async () => {
    assert.equal(await networksOf('web'), 'nets_back nets_front ');
    assert.equal(await networksOf('db'), 'nets_back ');
    assert.equal(await networksOf('plain'), 'nets_default ');
    await inside('web', 'ping -c 1 -W 5 10.77.0.9');
    await inside('web', 'ping -c 1 -W 5 store');
    await inside('db', 'ping -c 1 -W 5 web');
    assert.match(await compose('port', 'web', '80'), /:8099$/);
  });

  it('comes up again without change, and leaves nothing behind', async () => {
    assert.doesNotMatch((await project.run(['up', '-d'])).stderr, /Recreate|Created/);
    await compose('down', '-v');
    assert.equal(await docker(engine(), ['network', 'ls', '-q', '--filter', 'type=custom']), '');
  });
});
