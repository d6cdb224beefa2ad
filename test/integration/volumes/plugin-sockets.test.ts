// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { createPluginSockets, type PluginAddress } from '../../../src/adapters/plugin-sockets/index.ts';
import { milliseconds, seconds } from '../../../src/base/time.ts';
import { makeCertificates } from '../../support/log-targets/certificates.ts';
import { VolumePlugin } from '../../support/volume-plugin.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-sockets-'));
after(() => rmSync(folder, { recursive: true }));

const places = { sockets: join(folder, 'run'), documents: [join(folder, 'etc'), join(folder, 'lib')] };
for (const place of [places.sockets, ...places.documents]) mkdirSync(place);
const [etc = '', lib = ''] = places.documents;
const plugins = createPluginSockets(places, [milliseconds(50), milliseconds(100), seconds(1), seconds(2)]);
const CALL = { patience: seconds(20), retry: true };

const found = async (name: string): Promise<PluginAddress> => {
  const address = await plugins.find(name);
  assert.ok(address);
  return address;
};

it('plugins are found by their sockets first, then by documents', async () => {
  await using flat = new VolumePlugin(folder);
  await flat.listen(join(places.sockets, 'flat.sock'));
  await using deep = new VolumePlugin(folder);
  await deep.listen(join(places.sockets, 'deep/deep.sock'));
  writeFileSync(join(etc, 'flat.spec'), 'tcp://never:1');
  writeFileSync(join(etc, 'spec.spec'), 'tcp://first:1\n');
  writeFileSync(join(lib, 'spec.spec'), 'tcp://second:1\n');
  mkdirSync(join(lib, 'own'));
  writeFileSync(join(lib, 'own/own.json'), '{"Name":"own","Addr":"tcp://own:1"}');
  writeFileSync(join(lib, 'broken.json'), '{');
  assert.equal((await plugins.find('flat'))?.url, `unix://${places.sockets}/flat.sock`);
  assert.equal((await plugins.find('deep'))?.url, `unix://${places.sockets}/deep/deep.sock`);
  assert.equal((await plugins.find('spec'))?.url, 'tcp://first:1');
  assert.deepEqual(await plugins.find('own'), { name: 'own', url: 'tcp://own:1' });
  for (const name of ['nobody', '../run/flat', '', '.']) assert.equal(await plugins.find(name), undefined);
  await assert.rejects(plugins.find('broken'), /broken\.json does not describe a plugin/);
  const names = (await plugins.list()).map(({ name }) => name);
  assert.deepEqual(names, ['deep', 'flat', 'own', 'spec']);
});

it('a plugin that comes up late is waited for, one that never comes is given up', async () => {
  const socket = join(folder, 'late.sock');
  writeFileSync(join(etc, 'late.spec'), `unix://${socket}`);
  const address = await found('late');
  await assert.rejects(plugins.call(address, 'Plugin.Activate', {}, { ...CALL, retry: false }), {
    kind: 'unavailable',
    message:
      /^Post "http:.*late\.sock\/Plugin\.Activate": dial unix .*late\.sock: connect: no such file or directory$/,
  });
  await using late = new VolumePlugin(folder);
  const answer = plugins.call(address, 'Plugin.Activate', {}, CALL);
  await late.listen(socket);
  assert.deepEqual(await answer, { Implements: ['VolumeDriver'] });
});

it('refusals, nonsense and silence are told apart', async () => {
  await using plugin = new VolumePlugin(folder);
  await plugin.listen(join(places.sockets, 'bad.sock'));
  const address = await found('bad');
  const call = async (): Promise<unknown> =>
    plugins.call(address, 'VolumeDriver.List', {}, { patience: seconds(1), retry: true });
  plugin.trouble.set('List', { status: 500, text: '{"Err":"out of order"}' });
  await assert.rejects(call(), { kind: 'internal', message: 'VolumeDriver.List: out of order' });
  plugin.trouble.set('List', { status: 404, text: 'plain words\n' });
  await assert.rejects(call(), { kind: 'internal', message: 'VolumeDriver.List: plain words' });
  plugin.trouble.set('List', { status: 200, text: 'nonsense' });
  await assert.rejects(call(), { message: 'VolumeDriver.List: the answer of the plugin is no JSON' });
  plugin.trouble.set('List', 'hang');
  await assert.rejects(call(), {
    kind: 'unavailable',
    message: /^Post "http:.*VolumeDriver\.List": context deadline exceeded$/,
  });
});

it('a plugin behind TLS is asked with a certificate, and has to have one that can be trusted', async () => {
  await using certificates = await makeCertificates();
  const plugin = new VolumePlugin(folder);
  const server = createServer(
    {
      cert: readFileSync(certificates.server.certificate),
      key: readFileSync(certificates.server.key),
      ca: readFileSync(certificates.authority),
      requestCert: true,
      rejectUnauthorized: true,
    },
    plugin.handler,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const describe = (name: string, tls: object): void =>
    writeFileSync(
      join(etc, `${name}.json`),
      JSON.stringify({ Name: name, Addr: `tcp://127.0.0.1:${port}`, TLSConfig: tls }),
    );
  const { certificate: CertFile, key: KeyFile } = certificates.client;
  describe('trusted', { CAFile: certificates.authority, CertFile, KeyFile });
  describe('lax', { InsecureSkipVerify: true, CertFile, KeyFile });
  describe('strict', { CertFile, KeyFile });
  describe('nameless', { CAFile: certificates.authority });
  const activate = async (name: string): Promise<unknown> =>
    plugins.call(await found(name), 'Plugin.Activate', {}, CALL);
  try {
    assert.deepEqual(await activate('trusted'), { Implements: ['VolumeDriver'] });
    assert.deepEqual(await activate('lax'), { Implements: ['VolumeDriver'] });
    await assert.rejects(activate('strict'), { kind: 'unavailable', message: /certificate/ });
    await assert.rejects(activate('nameless'), { kind: 'unavailable' });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
