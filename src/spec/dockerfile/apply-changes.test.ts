// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerConfig, containerConfig } from '../container-config.ts';
import { applyChanges } from './apply-changes.ts';

const base: ContainerConfig = { ...containerConfig.zero, env: ['A=1', 'PATH=/bin'], cmd: ['sh'] };

const changed = (...changes: readonly string[]): ContainerConfig => applyChanges(base, changes);
const refuses = (change: string, message: string): void =>
  assert.throws(() => changed(change), { kind: 'invalid-argument', message });

test('programs come as lists or as text for the shell', () => {
  assert.deepEqual(changed('CMD ["a", "b"]').cmd, ['a', 'b']);
  assert.deepEqual(changed('cmd a b').cmd, ['/bin/sh', '-c', 'a b']);
  assert.deepEqual(changed('CMD').cmd, []);
  assert.deepEqual(applyChanges({ ...base, shell: ['/x'] }, ['ENTRYPOINT y']).entrypoint, ['/x', 'y']);
});

test('an entrypoint takes the command with it, unless that was set beside it', () => {
  assert.equal(changed('ENTRYPOINT ["e"]').cmd, undefined);
  assert.deepEqual(changed('CMD ["c"]', 'ENTRYPOINT ["e"]').cmd, ['c']);
});

test('variables replace their former values and are seen by what follows', () => {
  const { env } = changed('ENV A=2 B="x y" C="$A-${D:-d}"', "ENV E '$A' $A");
  assert.deepEqual(env, ['A=2', 'PATH=/bin', 'B=x y', 'C=1-d', 'E=$A 2']);
});

test('labels, ports, volumes and triggers are added', () => {
  const { labels, exposedPorts, volumes, onBuild } = changed(
    'LABEL a=b c="d e"',
    'EXPOSE 80 90-91/udp',
    'VOLUME /a /b',
    'VOLUME ["/c d"]',
    'ONBUILD RUN x $A',
  );
  assert.deepEqual(labels, { a: 'b', c: 'd e' });
  assert.deepEqual(Object.keys(exposedPorts ?? {}), ['80/tcp', '90/udp', '91/udp']);
  assert.deepEqual(Object.keys(volumes ?? {}), ['/a', '/b', '/c d']);
  assert.deepEqual(onBuild, ['RUN x $A']);
});

test('user, directory and signal are replaced', () => {
  const { user, workingDir, stopSignal } = changed('USER u:$A', 'WORKDIR a', 'WORKDIR ../b', 'STOPSIGNAL 9');
  assert.deepEqual([user, workingDir, stopSignal], ['u:1', '/b', '9']);
});

test('a health check has its times', () => {
  assert.deepEqual(changed('HEALTHCHECK --interval=2s --retries=4 CMD curl x').healthcheck, {
    test: ['CMD-SHELL', 'curl x'],
    interval: 2_000_000_000,
    timeout: 0,
    startPeriod: 0,
    startInterval: 0,
    retries: 4,
  });
  assert.deepEqual(changed('HEALTHCHECK NONE').healthcheck?.test, ['NONE']);
});

test('a change may go on over lines, comments are left out', () => {
  assert.deepEqual(changed('# first\nENV X=1 \\\n  Y=2\n').env?.slice(2), ['X=1', 'Y=2']);
});

test('what is no change is refused in Docker’s words', () => {
  refuses('RUN x', 'RUN is not a valid change command');
  refuses('ENV a', 'ENV must have two arguments');
  refuses('ENV a=1 c', 'Syntax error - can\'t find = in "c". Must be of the form: name=value');
  refuses('EXPOSE abc', 'invalid containerPort: abc');
  refuses('STOPSIGNAL FOO', 'invalid signal: FOO');
  refuses('USER', 'USER requires exactly one argument');
  refuses('ONBUILD FROM x', "FROM isn't allowed as an ONBUILD trigger");
  refuses('HEALTHCHECK FOO', 'Unknown type "FOO" in HEALTHCHECK (try CMD)');
  refuses('HEALTHCHECK --foo=1 CMD x', 'unknown flag: --foo');
  refuses('CMD [1]', 'when using JSON array syntax, arrays must be comprised of strings only');
  refuses('VOLUME []', 'VOLUME requires at least one argument');
  refuses('USER ${x', 'failed to process "${x": syntax error: missing \'}\'');
});
