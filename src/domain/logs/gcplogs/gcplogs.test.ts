// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { sampleLogMessage, sampleLogSubject } from '../../../../test/support/sample-log-subject.ts';
import { createFakeLogTargets, type FakeLogTargets } from '../../../adapters/log-targets/fake.ts';
import type { HttpAnswer, HttpCall } from '../../../adapters/log-targets/index.ts';
import { tokenSource } from './access-token.ts';
import { createGcplogsDriver } from './driver.ts';
import { entryEncoder, instanceOf, resourceOf } from './entry.ts';
import { findInstance } from './metadata-server.ts';

const { signal } = new AbortController();
const GOOGLE = { 'metadata-flavor': 'Google' };

const METADATA: Readonly<Record<string, string>> = {
  'instance/id': '42',
  'instance/name': 'vm',
  'instance/zone': 'projects/7/zones/europe-west1-b',
  'project/project-id': 'mine',
  'instance/service-accounts/default/token': '{"access_token":"vm-token","expires_in":3600}',
};

const answerMetadata = ({ url }: HttpCall): Partial<HttpAnswer> | undefined => {
  const body = METADATA[url.pathname.replace('/computeMetadata/v1/', '')];
  return body === undefined ? undefined : { headers: GOOGLE, body };
};

test('an entry has its time, its line and what is known of the container', () => {
  const subject = sampleLogSubject('gcplogs', { labels: 'stage', 'gcp-meta-name': 'vm' });
  const encode = entryEncoder(subject, instanceOf(subject, undefined));
  assert.deepEqual(JSON.parse(encode(sampleLogMessage('one'))), {
    timestamp: '2023-11-14T22:13:20.123456789Z',
    jsonPayload: {
      message: 'one',
      instance: { name: 'vm' },
      container: {
        name: '/sample',
        id: 'ab'.repeat(32),
        imageName: 'busybox',
        imageId: `sha256:${'cd'.repeat(32)}`,
        created: '2023-11-14T22:13:20Z',
        metadata: { stage: 'test' },
      },
    },
  });
  assert.ok(!encode(sampleLogMessage('')).includes('"message"'));
});

test('entries are about the instance, or else the project', () => {
  const subject = sampleLogSubject('gcplogs');
  assert.equal(instanceOf(subject, undefined), undefined);
  assert.deepEqual(resourceOf('mine', undefined), { type: 'global', labels: { project_id: 'mine' } });
});

test('the metadata server tells of the instance, and of a token', async () => {
  const targets = createFakeLogTargets();
  targets.answer = answerMetadata;
  const deps = { client: targets.httpClient({}), environment: {}, files: targets };
  assert.deepEqual(await findInstance(deps, signal), {
    id: '42',
    name: 'vm',
    zone: 'europe-west1-b',
    projectId: 'mine',
  });
  assert.equal(await tokenSource(deps)(signal), 'vm-token');
  targets.answer = () => ({ body: 'some other server' });
  assert.equal(await findInstance(deps, signal), undefined);
});

test('a token is asked for once for as long as it is good', async () => {
  const targets = createFakeLogTargets();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = {
    type: 'service_account',
    client_email: 'a@b',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  targets.files.set('/key', JSON.stringify(key));
  targets.answer = () => ({ body: '{"access_token":"t","expires_in":3600}' });
  const environment = { GOOGLE_APPLICATION_CREDENTIALS: '/key' };
  const token = tokenSource({ client: targets.httpClient({}), environment, files: targets });
  assert.deepEqual([await token(signal), await token(signal)], ['t', 't']);
  assert.deepEqual(
    targets.calls.map(({ url }) => url.href),
    ['https://oauth2.googleapis.com/token'],
  );
});

test("a user's log-in is exchanged for a token", async () => {
  const targets = createFakeLogTargets();
  const key = { type: 'authorized_user', client_id: 'i', client_secret: 's', refresh_token: 'r' };
  targets.files.set('/home/.config/gcloud/application_default_credentials.json', JSON.stringify(key));
  targets.answer = () => ({ body: '{"access_token":"t"}' });
  const deps = { client: targets.httpClient({}), environment: { HOME: '/home' }, files: targets };
  assert.equal(await tokenSource(deps)(signal), 't');
  assert.equal(
    Buffer.from(targets.calls[0]?.body ?? []).toString(),
    'grant_type=refresh_token&client_id=i&client_secret=s&refresh_token=r',
  );
});

const open = async (targets: FakeLogTargets, options: Readonly<Record<string, string>>) =>
  createGcplogsDriver({ targets, environment: {}, userAgent: 'berth' }).open(
    sampleLogSubject('gcplogs', options),
    { hostname: 'host', report: () => assert.fail('nothing is lost') },
  );

test('on an instance nothing has to be said; the rest is written when the log ends', async () => {
  const targets = createFakeLogTargets();
  targets.answer = (call) => answerMetadata(call) ?? {};
  const target = await open(targets, {});
  await target.write({ stream: 'stdout', bytes: Buffer.from('one\n'), at: sampleLogMessage('').at });
  await target[Symbol.asyncDispose]();
  const [ping, written] = targets.calls
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => JSON.parse(Buffer.from(body ?? []).toString()) as Readonly<Record<string, unknown>>);
  assert.equal(ping?.['logName'], 'projects/mine/logs/ping');
  assert.deepEqual(written?.['resource'], {
    type: 'gce_instance',
    labels: { instance_id: '42', zone: 'europe-west1-b' },
  });
});

test('elsewhere a project and credentials are needed', async () => {
  const targets = createFakeLogTargets();
  targets.answer = () => undefined;
  await assert.rejects(open(targets, {}), /^EngineError: No project was specified/);
  await assert.rejects(
    open(targets, { 'gcp-project': 'mine' }),
    /google: could not find default credentials/,
  );
});

test('a refusal is told as gRPC tells it', async () => {
  const targets = createFakeLogTargets();
  targets.answer = (call) =>
    answerMetadata(call) ?? {
      status: 403,
      body: '{"error":{"status":"PERMISSION_DENIED","message":"no"}}',
    };
  await assert.rejects(open(targets, {}), {
    message:
      'unable to connect or authenticate with Google Cloud Logging: rpc error: code = PermissionDenied desc = no',
  });
});
