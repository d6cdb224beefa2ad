// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePlatform, matchesPlatform } from './platform-match.ts';
import { parsePlatform } from './platform-parse.ts';
import { formatPlatform, hostPlatform } from './platform.ts';

const amd64 = hostPlatform('x64');
const parsed = (text: string): string => formatPlatform(parsePlatform(text, amd64));

test('a platform is read in all its forms and normalised', () => {
  assert.equal(parsed('linux/x86_64'), 'linux/amd64');
  assert.equal(parsed('linux/aarch64/v8'), 'linux/arm64');
  assert.equal(parsed('linux/arm64/v9'), 'linux/arm64/v9');
  assert.equal(parsed('linux/armhf'), 'linux/arm/v7');
  assert.equal(parsed('linux/arm'), 'linux/arm/v7');
  assert.equal(parsed('linux/arm/6'), 'linux/arm/v6');
  assert.equal(parsed('arm64'), 'linux/arm64');
  assert.equal(parsed('windows(10.0)'), 'windows/amd64');
  assert.equal(parsePlatform('windows(10.0)/amd64', amd64).osVersion, '10.0');
});

test('what is no platform is refused in Docker’s words', () => {
  assert.throws(() => parsed('zz'), {
    kind: 'invalid-argument',
    message: '"zz": unknown operating system or architecture: invalid argument',
  });
  assert.throws(() => parsed('a/b/c/d'), {
    message: '"a/b/c/d": cannot parse platform specifier: invalid argument',
  });
  assert.throws(() => parsed('linux/'), /is an invalid component of "linux\/"/);
});

test('a machine runs its own images and those of lesser relatives', () => {
  const arm = (variant: string) => ({ os: 'linux', architecture: 'arm', variant });
  assert.ok(matchesPlatform(arm('v7'), arm('v6')));
  assert.ok(!matchesPlatform(arm('v6'), arm('v7')));
  assert.ok(matchesPlatform({ os: 'linux', architecture: 'arm64' }, arm('v7')));
  assert.ok(matchesPlatform(amd64, { os: 'linux', architecture: '386' }));
  assert.ok(!matchesPlatform(amd64, { os: 'linux', architecture: 'amd64', variant: 'v3' }));
  assert.ok(!matchesPlatform(amd64, { os: 'unknown', architecture: 'unknown' }));
});

test('of several images the one nearest to the machine is chosen', () => {
  const of = (architecture: string, variant?: string) => ({
    platform: { os: 'linux', architecture, ...(variant === undefined ? {} : { variant }) },
  });
  const items = [of('386'), of('arm', 'v6'), of('amd64'), of('arm', 'v7'), {}];
  assert.equal(choosePlatform(amd64, items), items[2]);
  assert.equal(choosePlatform(parsePlatform('linux/arm/v8', amd64), items), items[3]);
  assert.equal(choosePlatform(parsePlatform('linux/s390x', amd64), items), undefined);
});
