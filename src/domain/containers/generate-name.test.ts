// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerId } from '../../base/ids.ts';
import { reserveGeneratedName } from './generate-name.ts';
import { NameTable } from './name-table.ts';

const idOf = (digit: string): ContainerId => digit.repeat(64) as ContainerId;

test('a generated name is an adjective and a surname, with a digit from the second try on', () => {
  const names = new NameTable();
  const { name: first } = reserveGeneratedName(names, idOf('a'));
  assert.match(first, /^[a-z]+_[a-z]+$/);
  const { name: second } = reserveGeneratedName(names, idOf('b'), () => first);
  assert.match(second, new RegExp(`^${first}\\d$`));
});

test('when six names are taken the short id has to do', () => {
  const names = new NameTable();
  names.reserve('calm_one', idOf('a'));
  for (let digit = 0; digit < 10; digit += 1) names.reserve(`calm_one${digit}`, idOf('a'));
  const { name } = reserveGeneratedName(names, idOf('b'), () => 'calm_one');
  assert.equal(name, 'b'.repeat(12));
});

test('a generated name that fell through is free again', () => {
  const names = new NameTable();
  const { name, reservation } = reserveGeneratedName(names, idOf('a'));
  reservation[Symbol.dispose]();
  assert.equal(names.holder(name), undefined);
});
