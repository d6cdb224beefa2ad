// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenges } from './challenge.ts';
import { registriesContract } from './contract.ts';
import { chooseEndpoints, hostNameOf } from './endpoints.ts';
import { FakeRegistries } from './fake.ts';
import { networkError } from './go-network-error.ts';
import { refusalOf } from './refusal.ts';

const registries = new FakeRegistries();
registriesContract('fake registries', () => ({
  registries,
  domain: 'fake.test',
  addBlob: (repository, bytes) => Promise.resolve(registries.addBlob(repository, bytes)),
  addManifest: (repository, tag, bytes, type) =>
    Promise.resolve(registries.addManifest(repository, tag, bytes, type)),
}));

const urls = async (
  domain: string,
  insecureRegistries: readonly string[] = [],
  mirrors: readonly string[] = [],
) => {
  const lookUp = (host: string) => Promise.resolve(host === 'lan.test' ? ['10.1.2.3'] : ['198.51.100.1']);
  const found = await chooseEndpoints(domain, { mirrors, insecureRegistries }, lookUp);
  return found.map(({ url, verifiesCertificate }) => (verifiesCertificate ? url : `${url} (insecure)`));
};

test('a registry is spoken to over https, an insecure one over http as well', async () => {
  assert.deepEqual(await urls('r.test:5000'), ['https://r.test:5000']);
  const loose = ['https://127.0.0.1:5000 (insecure)', 'http://127.0.0.1:5000 (insecure)'];
  assert.deepEqual(await urls('127.0.0.1:5000'), loose);
  assert.deepEqual(await urls('[::1]:5000'), [
    'https://[::1]:5000 (insecure)',
    'http://[::1]:5000 (insecure)',
  ]);
  assert.deepEqual((await urls('lan.test', ['10.0.0.0/8'])).length, 2);
  assert.deepEqual((await urls('r.test:5000', ['r.test:5000'])).length, 2);
  assert.deepEqual((await urls('r.test:5001', ['r.test:5000'])).length, 1);
});

test('docker.io is asked after its mirrors', async () => {
  const expected = ['https://m.test', 'https://registry-1.docker.io'];
  assert.deepEqual(await urls('docker.io', [], ['https://m.test/']), expected);
});

test('a host name is told from its port', () => {
  assert.equal(hostNameOf('a.test:5000'), 'a.test');
  assert.equal(hostNameOf('[::1]:5000'), '::1');
  assert.equal(hostNameOf('127.0.0.1'), '127.0.0.1');
});

test('challenges are read one by one', () => {
  const header = 'Bearer realm="https://a.test/token",service="s, t",scope=x, Basic realm="r \\"q\\""';
  assert.deepEqual(parseChallenges(header), [
    { scheme: 'bearer', parameters: { realm: 'https://a.test/token', service: 's, t', scope: 'x' } },
    { scheme: 'basic', parameters: { realm: 'r "q"' } },
  ]);
  assert.deepEqual(parseChallenges('Basic'), [{ scheme: 'basic', parameters: {} }]);
});

test('a refusal is told in Docker’s words', () => {
  const body = JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });
  assert.equal(refusalOf(404, body).message, 'manifest unknown: manifest unknown');
  assert.equal(
    refusalOf(401, '{"details":"incorrect username or password"}').message,
    'unauthorized: incorrect username or password',
  );
  assert.equal(refusalOf(401, '').message, 'unauthorized: authentication required');
  assert.equal(refusalOf(503, '<html>').message, 'received unexpected HTTP status: 503 Service Unavailable');
});

test('what the network does is told in Go’s words', () => {
  const url = new URL('https://a.test/v2/');
  const text = (fields: object): string =>
    networkError('GET', url, Object.assign(new Error('other'), fields)).message;
  const refused = { code: 'ECONNREFUSED', address: '::1', port: 443 };
  assert.equal(text(refused), 'Get "https://a.test/v2/": dial tcp [::1]:443: connect: connection refused');
  assert.equal(
    text({ code: 'ENOTFOUND' }),
    'Get "https://a.test/v2/": dial tcp: lookup a.test: no such host',
  );
  assert.match(text({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), /certificate signed by unknown authority$/);
  assert.match(text({ code: 'EPROTO' }), /: http: server gave HTTP response to HTTPS client$/);
  assert.match(text({ code: 'ECONNRESET' }), /: EOF$/);
  assert.match(text({ code: 'EPIPE' }), /: other$/);
  assert.match(text({ code: 'ETIMEDOUT' }), /: dial tcp: i\/o timeout$/);
});
