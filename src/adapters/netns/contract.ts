// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import type { NetworkNamespaces } from './netns.ts';

/**
 * What every implementation keeps. `subject` gives one with an existing empty folder for its files; `whereAmI` names the
 * namespace that the thread is in.
 */
export const networkNamespacesContract = (
  name: string,
  subject: () => {
    readonly namespaces: NetworkNamespaces;
    readonly folder: string;
    readonly whereAmI: () => string;
  },
): void => {
  void test(`${name}: a namespace is another place, keeps its identity and the way back is taken`, () => {
    const { namespaces, folder, whereAmI } = subject();
    const path = join(folder, 'one');
    const home = whereAmI();
    const inside = namespaces.create(path, whereAmI);
    assert.notEqual(inside, home);
    assert.equal(whereAmI(), home);
    assert.equal(namespaces.run(path, whereAmI), inside);
    assert.equal(whereAmI(), home);
    namespaces.remove(path);
  });

  void test(`${name}: an error inside comes out, at home, and a namespace half made is gone`, () => {
    const { namespaces, folder, whereAmI } = subject();
    const path = join(folder, 'two');
    const home = whereAmI();
    const fail = (): never => {
      throw new RangeError('inside');
    };
    assert.throws(() => namespaces.create(path, fail), RangeError);
    assert.equal(whereAmI(), home);
    assert.equal(namespaces.exists(path), false);
    assert.deepEqual(namespaces.list(folder), []);
  });

  void test(`${name}: a name is given once, listed, and free again after its removal`, () => {
    const { namespaces, folder } = subject();
    const path = join(folder, 'three');
    namespaces.create(path, () => undefined);
    assert.equal(namespaces.exists(path), true);
    assert.deepEqual(namespaces.list(folder), [path]);
    assert.throws(
      () => namespaces.create(path, () => undefined),
      (error) => isKind(error, 'conflict'),
    );
    assert.equal(namespaces.exists(path), true);
    namespaces.remove(path);
    namespaces.remove(path);
    assert.equal(namespaces.exists(path), false);
    assert.deepEqual(namespaces.list(folder), []);
    assert.deepEqual(namespaces.list(join(folder, 'missing')), []);
  });

  void test(`${name}: what is not there cannot be entered or opened`, () => {
    const { namespaces, folder } = subject();
    const path = join(folder, 'four');
    assert.throws(
      () => namespaces.run(path, () => undefined),
      (error) => isKind(error, 'not-found'),
    );
    assert.throws(
      () => namespaces.open(path),
      (error) => isKind(error, 'not-found'),
    );
  });
};
