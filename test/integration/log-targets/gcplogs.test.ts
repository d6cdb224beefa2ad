// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';
import { type Said, startStandIn } from '../../support/log-targets/start-stand-in.ts';

const PORT = 8085;
const directory = mkdtempSync(join(tmpdir(), 'bt-gcplogs-'));
const keyFile = join(directory, 'key.json');
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
writeFileSync(
  keyFile,
  JSON.stringify({
    type: 'service_account',
    client_email: 'logs@example.iam.gserviceaccount.com',
    private_key_id: 'k1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: `http://127.0.0.1:${PORT}/token`,
  }),
);
after(() => rmSync(directory, { recursive: true, force: true }));

const engine = useEngine({
  env: {
    GOOGLE_APPLICATION_CREDENTIALS: keyFile,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING: `http://127.0.0.1:${PORT}/`,
    GCE_METADATA_HOST: '127.0.0.1:1',
  },
});

const flagsOf = (options: readonly string[]): readonly string[] => [
  '--log-driver',
  'gcplogs',
  ...options.flatMap((option) => ['--log-opt', option]),
];

interface Written {
  readonly logName: string;
  readonly resource: object;
  readonly entries: readonly {
    readonly timestamp: string;
    readonly textPayload?: string;
    readonly jsonPayload?: {
      readonly message?: string;
      readonly instance?: object;
      readonly container: Readonly<Record<string, unknown>>;
    };
  }[];
}

const writesOf = (said: readonly Said[]): readonly Written[] =>
  said
    .filter(({ url }) => url === '/v2/entries:write')
    .map(({ body }) => JSON.parse(Buffer.from(String(body), 'latin1').toString()) as Written);

const isSigned = (jwt: string): boolean => {
  const [head = '', claims = '', signature = ''] = jwt.split('.');
  const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
  return verify.verify(
    createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
    signature,
    'base64url',
  );
};

it('signs for a token, asks whether it may, and writes entries', async () => {
  await using target = await startStandIn(engine().netns, 'http', { port: PORT });
  const options = [
    'gcp-project=mine',
    'gcp-log-cmd=true',
    'gcp-meta-zone=z',
    'gcp-meta-id=42',
    'labels=stage',
    'env=HOW',
  ];
  const flags = ['--rm', '--name', 'cloudy', '-l', 'stage=test', '-e', 'HOW=well', ...flagsOf(options)];
  await docker(engine(), ['run', ...flags, 'busybox', 'sh', '-c', 'echo one; echo zwölf']);
  await target.until((_, said) => writesOf(said).length > 1);
  const [question] = target.said;
  assert.equal(question?.['url'], '/token');
  const grant = new URLSearchParams(String(question['body']));
  assert.equal(grant.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  assert.ok(isSigned(grant.get('assertion') ?? ''));
  const [ping, written] = writesOf(target.said);
  assert.equal(ping?.logName, 'projects/mine/logs/ping');
  assert.equal(written?.logName, 'projects/mine/logs/gcplogs-docker-driver');
  assert.deepEqual(written.resource, { type: 'gce_instance', labels: { instance_id: '42', zone: 'z' } });
  const headers = target.said[2]?.['headers'] as Readonly<Record<string, string>>;
  assert.equal(headers['authorization'], 'Bearer secret');
  const [first, second] = written.entries;
  assert.match(first?.timestamp ?? '', /^\d{4}-.*Z$/);
  assert.equal(first?.jsonPayload?.message, 'one');
  assert.deepEqual(first.jsonPayload.instance, { zone: 'z', id: '42' });
  const { id, imageId, created, ...rest } = first.jsonPayload.container;
  assert.match(String(id), /^[0-9a-f]{64}$/);
  assert.match(String(imageId), /^sha256:/);
  assert.match(String(created), /^\d{4}-/);
  assert.deepEqual(rest, {
    name: '/cloudy',
    imageName: 'busybox',
    command: 'sh -c echo one; echo zwölf',
    metadata: { stage: 'test', HOW: 'well' },
  });
  assert.equal(second?.jsonPayload?.message, 'zwölf');
});

it('says what is wrong as dockerd does', async () => {
  const { stderr: unknown } = await engine().docker(['create', ...flagsOf(['tag=x']), 'busybox', 'true']);
  assert.match(unknown, /"tag" is not a valid option for the gcplogs driver/);
  const { stderr: none } = await engine().docker(['run', '--rm', ...flagsOf([]), 'busybox', 'true']);
  assert.match(
    none,
    /No project was specified and couldn't read project from the metadata server\. Please specify a project/,
  );
  await using target = await startStandIn(engine().netns, 'http', { port: PORT, statuses: [200, 403] });
  const flags = flagsOf(['gcp-project=mine']);
  const { stderr: refused } = await engine().docker(['run', '--rm', ...flags, 'busybox', 'true']);
  assert.match(
    refused,
    /failed to initialize logging driver: unable to connect or authenticate with Google Cloud Logging: rpc error/,
  );
  assert.ok(target.said.length <= 2);
});
