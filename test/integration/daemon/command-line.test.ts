// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand, type CommandResult } from '../../support/run-command.ts';
import { berthCommand } from '../../support/start-berth.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bt-command-'));
});
after(() => rm(directory, { recursive: true, force: true }));

const berthd = (...args: string[]): Promise<CommandResult> => {
  const [program = '', ...before] = berthCommand();
  return runCommand(program, [...before, ...args]);
};

/** Flags of a daemon that has everything of its own below `name`. */
const own = (name: string): string[] => {
  const root = join(directory, name);
  return [
    `--data-root=${root}/data`,
    `--exec-root=${root}/exec`,
    `--pidfile=${root}/pid`,
    `--host=unix://${root}/s`,
  ];
};

test('--version and --help answer and end', async () => {
  const version = await berthd('--version');
  assert.match(version.stdout, /^Berth version \d+\.\d+\.\d+, build \S+\n$/);
  const help = await berthd('--help');
  assert.match(help.stdout, /--data-root string/);
  assert.deepEqual([version.code, help.code], [0, 0]);
});

test('an unknown flag is an error, in the words of dockerd', async () => {
  const { code, stderr } = await berthd('--nonsense');
  assert.equal(code, 1);
  assert.equal(stderr, "Status: unknown flag: --nonsense\nSee 'berthd --help'., Code: 125\n");
});

test('--validate tells whether a configuration can be used', async () => {
  const file = join(directory, 'daemon.json');
  await writeFile(file, '{"debug": true, "hosts": ["unix:///x"]}');
  const good = await berthd('--validate', '--config-file', file);
  assert.deepEqual([good.code, good.stderr], [0, 'configuration OK\n']);
  await writeFile(file, '{"debgu": true}');
  const bad = await berthd('--validate', '--config-file', file);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /the following directives don't match any configuration option: debgu\n$/);
});

test('what is given twice is refused', async () => {
  const file = join(directory, 'hosts.json');
  await writeFile(file, '{"hosts": ["unix:///x"]}');
  const { code, stderr } = await berthd('--config-file', file, '-H', 'unix:///y');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /specified both as a flag and in the configuration file: hosts: \(from flag: \[unix:\/\/\/y\], from file: \[unix:\/\/\/x\]\)/,
  );
});

test("another engine's data root is refused and left as it is", async () => {
  await mkdir(join(directory, 'foreign/data/overlay2'), { recursive: true });
  const { code, stderr } = await berthd(...own('foreign'));
  assert.equal(code, 1);
  assert.match(stderr, /failed to start daemon: data root \S+ holds the data of another engine \(overlay2\)/);
  assert.deepEqual(await readdir(join(directory, 'foreign/data')), ['overlay2']);
});

test('a setting that would be less safe than asked for is refused', async () => {
  const { code, stderr } = await berthd(...own('safe'), '--selinux-enabled');
  assert.equal(code, 1);
  assert.match(stderr, /failed to start daemon: --selinux-enabled is not available yet/);
});

test('a start that fails leaves no file behind that the next one would stumble over', async () => {
  const { code, stderr } = await berthd(...own('group'), '-G', 'no-such-group');
  assert.equal(code, 1);
  assert.match(stderr, /failed to load listeners: group no-such-group not found/);
  assert.ok(!(await readdir(join(directory, 'group'))).includes('pid'));
});
