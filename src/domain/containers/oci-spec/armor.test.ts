// SPDX-License-Identifier: Apache-2.0
import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { appArmorProfile } from './armor.ts';

const profile = (securityOpt: readonly string[], privileged: boolean, loaded = true): string =>
  appArmorProfile({ securityOpt, privileged }, { appArmor: true, appArmorDefault: loaded });

test('containers have the profile that is asked for, else the default one where it is loaded', () => {
  equal(profile([], false), 'docker-default');
  equal(profile([], false, false), '');
  equal(profile(['apparmor=mine'], false), 'mine');
  equal(profile(['apparmor=mine'], true), 'mine');
  equal(profile([], true), 'unconfined');
  equal(profile(['apparmor:unconfined'], false), 'unconfined');
});

test('without AppArmor nothing of it has an effect', () => {
  const host = { appArmor: false, appArmorDefault: false };
  equal(appArmorProfile({ securityOpt: ['apparmor=mine'], privileged: false }, host), '');
});
