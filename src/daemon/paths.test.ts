// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathsOf } from './paths.ts';
import { realPath } from './real-path.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'berth-paths-')));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'real'));
symlinkSync(join(folder, 'real'), join(folder, 'link'));

describe('the places of a daemon', () => {
  it('are named as the table of mounts names them, whatever links lead there', () => {
    const paths = pathsOf({
      dataRoot: join(folder, 'real'),
      execRoot: join(folder, 'link/exec'),
      containerd: '',
    });
    const real = join(folder, 'real/exec');
    deepEqual(
      [paths.views, paths.runMounts, paths.containerdState],
      [join(real, 'views'), join(real, 'mounts'), join(real, 'containerd/daemon')],
    );
    // As clients are told of it.
    equal(paths.namespaces, join(folder, 'link/exec/netns'));
  });

  it('may not be there yet', () => {
    equal(realPath(join(folder, 'link/a/b')), join(folder, 'real/a/b'));
    equal(realPath('/'), '/');
  });
});
