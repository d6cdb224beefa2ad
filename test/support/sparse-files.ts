// SPDX-License-Identifier: Apache-2.0
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** How GNU tar is told to write each of its forms of sparse files. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  gnu: ['--format=gnu'],
  '0.0': ['--format=posix', '--sparse-version=0.0'],
  '0.1': ['--format=posix', '--sparse-version=0.1'],
  '1.0': ['--format=posix', '--sparse-version=1.0'],
};

/** The names of the forms. */
export const SPARSE_FORMS = Object.keys(FORMS);

/** Bytes of `some.sparse`, which ends with a hole; few of them are data. */
export const SPARSE_SIZE = 8 * 1024 * 1024;

/** Makes in `folder` a file with more regions than a header has place for, and one that is a hole alone. */
const makeFiles = async (folder: string): Promise<void> => {
  await using some = await open(join(folder, 'some.sparse'), 'w');
  for (let region = 0; region < 40; region += 1) await some.write(`region ${region}\n`, region * 150_000 + 3);
  await some.truncate(SPARSE_SIZE);
  await using hole = await open(join(folder, 'hole.sparse'), 'w');
  await hole.truncate(1024 * 1024);
};

/** An archive by the machine's tar of `some.sparse` and `hole.sparse`, which are made in `folder` and stay there. */
export const archiveSparse = async (folder: string, form: string): Promise<Buffer> => {
  await makeFiles(folder);
  const made = join(folder, `${form}.tar`);
  const { code, stderr } = await runCommand('tar', [
    ...(FORMS[form] ?? []),
    '-S',
    '-C',
    folder,
    '-cf',
    made,
    'some.sparse',
    'hole.sparse',
  ]);
  if (code !== 0) throw new Error(`tar: ${stderr}`);
  return readFile(made);
};
