// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { readContent, readTar, type TarPart } from '../../spec/tar/read.ts';
import type { LayerPlan } from './container-files.ts';
import { packLayer } from './pack-layer.ts';

let directory = '';
const upper = (name: string): string => join(directory, 'upper', name);
const lower = (name: string): string => join(directory, 'lower', name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-layer-'));
  mkdirSync(upper(''));
  mkdirSync(lower(''));
});

afterEach(() => rmSync(directory, { recursive: true }));

interface Told {
  readonly entry: TarPart['entry'];
  readonly text: string;
}

const told = async (plan: Partial<LayerPlan> = {}): Promise<readonly Told[]> => {
  const all: Told[] = [];
  const whole = { upperDirectory: upper(''), lowerDirectories: [join(directory, 'lower')], ...plan };
  for await (const part of readTar(packLayer(whole)))
    all.push({ entry: part.entry, text: (await readContent(part, 1000)).toString() });
  return all;
};

const names = async (): Promise<readonly string[]> => (await told()).map(({ entry }) => entry.name);

test('a container that changed nothing has an empty layer', async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packLayer({ upperDirectory: upper(''), lowerDirectories: [] }))
    chunks.push(chunk);
  equal(Buffer.concat(chunks).equals(Buffer.alloc(1024)), true);
});

test('what the engine makes for itself is left out, with the directories that it touched for it', async () => {
  for (const place of ['dev', 'dev/pts', 'etc', 'proc', 'sys']) mkdirSync(upper(place));
  mkdirSync(lower('etc'));
  for (const file of ['.dockerenv', 'etc/hosts', 'etc/resolv.conf', 'dev/console'])
    writeFileSync(upper(file), '');
  deepEqual(await names(), []);
});

test('a directory that the engine touched is told with what the container changed in it', async () => {
  for (const place of [upper('etc'), lower('etc')]) mkdirSync(place);
  for (const file of ['etc/hosts', 'etc/mine', 'mine']) writeFileSync(upper(file), 'text');
  deepEqual(await names(), ['etc/', 'etc/mine', 'mine']);
});

test('a file of the image under an engine name counts as any other', async () => {
  for (const place of [upper, lower]) {
    mkdirSync(place('etc'));
    writeFileSync(place('etc/hosts'), 'text');
  }
  deepEqual(await names(), ['etc/', 'etc/hosts']);
});

test('files with several names are told once, links as links, sockets not at all', async () => {
  mkdirSync(upper('d'));
  writeFileSync(upper('d/one'), 'text');
  linkSync(upper('d/one'), upper('two'));
  symlinkSync('nowhere', upper('way'));
  const server = createServer().listen(upper('socket'));
  const entries = await told();
  server.close();
  deepEqual(
    entries.map(({ entry, text }) => [entry.name, entry.type, entry.linkName, text]),
    [
      ['d/', 'directory', '', ''],
      ['d/one', 'file', '', 'text'],
      ['two', 'hardlink', 'd/one', ''],
      ['way', 'symlink', 'nowhere', ''],
    ],
  );
});

test('owners are those that the container sees', async () => {
  writeFileSync(upper('file'), '');
  const [ids] = await told();
  const { uid = 0, gid = 0 } = ids?.entry ?? {};
  const maps = {
    uids: [{ containerId: 7, hostId: uid, size: 1 }],
    gids: [{ containerId: 8, hostId: gid, size: 1 }],
  };
  const [mapped] = await told({ idMaps: maps });
  deepEqual([mapped?.entry.uid, mapped?.entry.gid], [7, 8]);
});
