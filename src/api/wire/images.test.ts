// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Timestamp } from '../../base/time.ts';
import type { EngineEvent } from '../../domain/events/index.ts';
import type { Image } from '../../domain/images/index.ts';
import { containerConfig } from '../../spec/container-config.ts';
import type { Digest, ImageId } from '../../spec/digest.ts';
import type { ApiVersion } from '../version.ts';
import { eventBody } from './events.ts';
import { deletedBody, historyBody, imageBody, listedImageBody } from './images.ts';
import { progressBody } from './progress.ts';
import { readRegistryAuth } from './registry-auth.ts';

const at = (minor: number): ApiVersion => minor as ApiVersion;
const ID = `sha256:${'ab'.repeat(32)}` as ImageId;
const LAYER = `sha256:${'cd'.repeat(32)}` as Digest;

const image: Image = {
  id: ID,
  config: { ...containerConfig.zero, cmd: ['sh'], env: ['PATH=/bin'] },
  platform: { os: 'linux', architecture: 'amd64' },
  created: 1_704_067_200_000_000_000n as Timestamp,
  author: '',
  comment: '',
  dockerVersion: '',
  diffIds: [LAYER],
  history: [
    { createdBy: 'ADD x', comment: '', emptyLayer: false, size: 7 },
    {
      createdBy: 'CMD sh',
      comment: 'c',
      emptyLayer: true,
      size: 0,
      created: 1_704_067_200_000_000_000n as Timestamp,
    },
  ],
  size: 1985834,
  repoTags: ['busybox:latest'],
  repoDigests: [],
};

test('an inspected image, to the byte', () => {
  assert.equal(
    JSON.stringify(imageBody(image, 'overlayfs', at(51))),
    `{"Id":"${ID}","RepoTags":["busybox:latest"],"RepoDigests":[],"Parent":"","Comment":"","Created":"2024-01-01T00:00:00Z","DockerVersion":"","Author":"","Architecture":"amd64","Os":"linux","Size":1985834,"GraphDriver":{"Data":null,"Name":"overlayfs"},"RootFS":{"Type":"layers","Layers":["${LAYER}"]},"Metadata":{"LastTagTime":"0001-01-01T00:00:00Z"},"Config":{"Cmd":["sh"],"Entrypoint":null,"Env":["PATH=/bin"],"Labels":null,"OnBuild":null,"User":"","Volumes":null,"WorkingDir":""}}`,
  );
});

test('older versions have more of an image', () => {
  const keys = (minor: number): readonly string[] => Object.keys(imageBody(image, 'o', at(minor)));
  assert.ok(keys(43).includes('VirtualSize') && !keys(44).includes('VirtualSize'));
  assert.ok(keys(44).includes('ContainerConfig') && !keys(45).includes('ContainerConfig'));
  const config = (minor: number): object =>
    (imageBody(image, 'o', at(minor)) as { readonly Config: object }).Config;
  assert.ok('Hostname' in config(49) && !('Hostname' in config(50)));
});

test('an image without a date has none since API 1.44', () => {
  const { created: _, ...undated } = image;
  assert.equal('Created' in imageBody(undated, 'o', at(44)), false);
  assert.match(JSON.stringify(imageBody(undated, 'o', at(43))), /"Created":"0001-01-01T00:00:00Z"/);
});

test('a row of the image list, to the byte', () => {
  assert.equal(
    JSON.stringify(listedImageBody(image, 0, at(51))),
    `{"Containers":0,"Created":1704067200,"Id":"${ID}","Labels":null,"ParentId":"","RepoDigests":[],"RepoTags":["busybox:latest"],"SharedSize":-1,"Size":1985834}`,
  );
});

test('an image without names had some up to API 1.42', () => {
  const dangling = { ...image, repoTags: [] };
  const tags = (minor: number): unknown =>
    (listedImageBody(dangling, 2, at(minor)) as Record<string, unknown>)['RepoTags'];
  assert.deepEqual(tags(42), ['<none>:<none>']);
  assert.deepEqual(tags(43), []);
  assert.match(JSON.stringify(listedImageBody(image, 2, at(50))), /"Containers":-1/);
});

test('history is newest first, and only its top is here', () => {
  assert.deepEqual(historyBody([image]), [
    { Comment: 'c', Created: 1704067200, CreatedBy: 'CMD sh', Id: ID, Size: 0, Tags: ['busybox:latest'] },
    { Comment: '', Created: 0, CreatedBy: 'ADD x', Id: '<missing>', Size: 7, Tags: null },
  ]);
});

test('what a removal did, row by row', () => {
  assert.deepEqual(deletedBody([{ untagged: 'a:b' }, { deleted: ID }]), [
    { Untagged: 'a:b' },
    { Deleted: ID },
  ]);
});

test('a progress line carries the bar that old clients print', () => {
  const body = progressBody({
    status: 'Downloading',
    id: 'fd394bb67fea',
    detail: { current: 36445, total: 1068964 },
  });
  assert.deepEqual(body, {
    status: 'Downloading',
    progressDetail: { current: 36445, total: 1068964 },
    progress: `[=>${' '.repeat(49)}]  36.45kB/1.069MB`,
    id: 'fd394bb67fea',
  });
  assert.deepEqual(Object.keys(body), ['status', 'progressDetail', 'progress', 'id']);
  assert.deepEqual(progressBody({ status: 'Waiting', id: 'a', detail: {} }), {
    status: 'Waiting',
    progressDetail: {},
    id: 'a',
  });
  const over = progressBody({ status: 'Pushing', id: 'a', detail: { current: 2140160, total: 1985834 } });
  assert.equal((over as { readonly progress: string }).progress, `[${'='.repeat(50)}>]   2.14MB`);
});

const event = (changes: Partial<EngineEvent>): EngineEvent => ({
  type: 'container',
  action: 'start',
  actor: 'abc',
  attributes: { name: 'n', image: 'busybox' },
  at: 1_795_305_815_123_456_789n as Timestamp,
  ...changes,
});

test('an event of a container says some things twice, and its time exactly', () => {
  assert.equal(
    JSON.stringify(eventBody(event({}))),
    '{"status":"start","id":"abc","from":"busybox","Type":"container","Action":"start","Actor":{"ID":"abc","Attributes":{"image":"busybox","name":"n"}},"scope":"local","time":1795305815,"timeNano":1795305815123456789}',
  );
  assert.deepEqual(Object.keys(eventBody(event({ type: 'image' }))).slice(0, 3), ['status', 'id', 'Type']);
  assert.deepEqual(Object.keys(eventBody(event({ type: 'network' })))[0], 'Type');
});

test('credentials are read, and what is none counts as nothing', () => {
  const encode = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url');
  assert.deepEqual(readRegistryAuth(encode({ username: 'u', password: 'p', serveraddress: 's' })), {
    username: 'u',
    password: 'p',
    serverAddress: 's',
  });
  assert.deepEqual(readRegistryAuth(encode({ auth: Buffer.from('u:p:q').toString('base64') })), {
    username: 'u',
    password: 'p:q',
  });
  assert.equal(readRegistryAuth('!!'), undefined);
  assert.equal(readRegistryAuth(''), undefined);
});
