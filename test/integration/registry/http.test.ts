// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  createRegistries,
  type RegistryAccess,
  type RegistrySession,
} from '../../../src/adapters/registry/index.ts';
import { sha256 } from '../../../src/spec/digest.ts';
import { type Script, startScriptedRegistry } from '../../support/scripted-registry.ts';

const { signal } = new AbortController();
const blob = Buffer.from('0123456789'.repeat(100));
const digest = sha256(blob);
const manifest = Buffer.from('{"schemaVersion":2}');

const open = async (
  address: string,
  access: Partial<RegistryAccess> = {},
  certificateDirectory = '/nonexistent',
  scheme = 'http',
): Promise<RegistrySession> => {
  const registries = createRegistries({ userAgent: 'berth-test/1', certificateDirectory });
  const endpoint = {
    url: `${scheme}://${address}`,
    isMirror: false,
    verifiesCertificate: scheme === 'https',
  };
  return registries.open(endpoint, { domain: address, path: 'a/b' }, { headers: {}, signal, ...access });
};

const ping: Script = ({ url }, response) => url === '/v2/' && !!response.end('{}');
const manifests: Script = ({ url }, response) =>
  url === '/v2/a/b/manifests/1' && !!response.setHeader('Content-Type', 'x/y').end(manifest);

const read = async (body: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const authorizationOf = ({ headers }: IncomingMessage): string => headers.authorization ?? '';
const decoded = (request: IncomingMessage): string =>
  Buffer.from(authorizationOf(request).replace('Basic ', ''), 'base64').toString();

/** A registry whose token server gives `token-N`, and takes only the last. */
const bearer = (seen: string[]): Script => {
  let issued = 0;
  return (request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    if (url.pathname === '/token') {
      issued += 1;
      seen.push(`${request.method} ${url.search} ${decoded(request)}`);
      return !!response.end(JSON.stringify({ token: `token-${issued}`, expires_in: 300 }));
    }
    if (authorizationOf(request) === `Bearer token-${issued}`) return false;
    const challenge = `Bearer realm="http://${request.headers.host}/token",service="svc",scope="repository:a/b:pull"`;
    return !!response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
  };
};

test('a token is asked for once, with the credentials, and used', async () => {
  const seen: string[] = [];
  await using registry = await startScriptedRegistry([bearer(seen), ping, manifests]);
  using session = await open(registry.address, { credentials: { username: 'u', password: 'p' } });
  await session.manifest('1', signal);
  const got = await session.manifest('1', signal);
  assert.equal(got.mediaType, 'x/y');
  assert.deepEqual(seen, ['GET ?service=svc&scope=repository%3Aa%2Fb%3Apull&account=u&client_id=docker u:p']);
});

test('an identity token is traded by a form', async () => {
  const bodies: string[] = [];
  const token: Script = (request, response) => {
    if (request.url !== '/token') return false;
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    return !!request.on('end', () => response.end('{"access_token":"t"}'));
  };
  const guard: Script = (request, response) =>
    authorizationOf(request) !== 'Bearer t' &&
    !!response
      .writeHead(401, {
        'WWW-Authenticate': `Bearer realm="http://${request.headers.host}/token",service="s"`,
      })
      .end();
  await using registry = await startScriptedRegistry([token, guard, manifests]);
  using session = await open(registry.address, {
    credentials: { username: '<token>', identityToken: 'idt' },
  });
  await session.manifest('1', signal);
  assert.equal(
    bodies[0],
    'grant_type=refresh_token&refresh_token=idt&service=s&scope=repository%3Aa%2Fb%3Apull&client_id=docker',
  );
});

test('a registry that asks for a password gets it, and its refusal is told', async () => {
  const guard: Script = (request, response) =>
    decoded(request) !== 'u:p' &&
    !!response
      .writeHead(401, { 'WWW-Authenticate': 'Basic realm="r"' })
      .end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
  await using registry = await startScriptedRegistry([guard, ping, manifests]);
  using good = await open(registry.address, { credentials: { username: 'u', password: 'p' } });
  await good.manifest('1', signal);
  using bad = await open(registry.address);
  await assert.rejects(bad.manifest('1', signal), {
    code: 'UNAUTHORIZED',
    message: 'unauthorized: authentication required',
  });
});

test('each request names us and carries the headers it was given', async () => {
  const seen: unknown[] = [];
  const look: Script = ({ headers }) => {
    seen.push([headers['user-agent'], headers['x-meta-a']]);
    return false;
  };
  await using registry = await startScriptedRegistry([look, ping, manifests]);
  using session = await open(registry.address, { headers: { 'X-Meta-A': 'b' } });
  await session.manifest('1', signal);
  assert.deepEqual(seen, [
    ['berth-test/1', 'b'],
    ['berth-test/1', 'b'],
  ]);
});

test('a redirect to another host gets no credentials', async () => {
  const seen: string[] = [];
  const store: Script = (request, response) => {
    seen.push(authorizationOf(request));
    return !!response.end(blob);
  };
  await using other = await startScriptedRegistry([store]);
  const away: Script = (request, response) =>
    (request.url ?? '').includes('/blobs/') &&
    !!response.writeHead(307, { Location: `http://${other.address}/there` }).end();
  await using registry = await startScriptedRegistry([ping, away]);
  using session = await open(registry.address, { credentials: { registryToken: 'secret' } });
  assert.deepEqual(await read(await session.blob(digest, 0, signal)), blob);
  assert.deepEqual(seen, ['']);
});

test('a registry without ranges is read past what is there already', async () => {
  const blobs: Script = ({ url }, response) => (url ?? '').includes('/blobs/') && !!response.end(blob);
  await using registry = await startScriptedRegistry([ping, blobs]);
  using session = await open(registry.address);
  assert.deepEqual(await read(await session.blob(digest, 777, signal)), blob.subarray(777));
});

test('a body that breaks off is an error, and so is one beyond the limit', async () => {
  const half: Script = ({ url }, response) => {
    if (!(url ?? '').includes('/blobs/')) return false;
    response.writeHead(200, { 'Content-Length': blob.length }).write(blob.subarray(0, 10));
    return !!setImmediate(() => response.destroy());
  };
  const huge: Script = ({ url }, response) =>
    (url ?? '').includes('/manifests/') && !!response.end(Buffer.alloc(5 * 1024 * 1024));
  await using registry = await startScriptedRegistry([ping, half, huge]);
  using session = await open(registry.address);
  await assert.rejects(read(await session.blob(digest, 0, signal)), { message: 'unexpected EOF' });
  await assert.rejects(session.manifest('1', signal), /longer than 4194304 bytes/);
});

test('tags are gathered over all pages', async () => {
  const pages: Script = ({ url }, response) => {
    if (url === '/v2/a/b/tags/list')
      return !!response
        .setHeader('Link', '</v2/a/b/tags/list?last=b&n=2>; rel="next"')
        .end('{"tags":["a","b"]}');
    return url === '/v2/a/b/tags/list?last=b&n=2' && !!response.end('{"tags":["c"]}');
  };
  await using registry = await startScriptedRegistry([ping, pages]);
  using session = await open(registry.address);
  assert.deepEqual(await session.tags(signal), ['a', 'b', 'c']);
});

test('a manifest that does not have the digest it was asked by is refused', async () => {
  const wrong: Script = ({ url }, response) => (url ?? '').includes('/manifests/') && !!response.end('{}');
  await using registry = await startScriptedRegistry([ping, wrong]);
  using session = await open(registry.address);
  await assert.rejects(session.manifest(digest, signal), {
    message: `manifest verification failed for digest ${digest}`,
  });
});

test('what nobody serves is told in Go’s words', async () => {
  await assert.rejects(open('127.0.0.1:1'), {
    kind: 'internal',
    message: 'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
  });
  await using registry = await startScriptedRegistry([ping]);
  await assert.rejects(open(registry.address, {}, '/nonexistent', 'https'), {
    message: `Get "https://${registry.address}/v2/": http: server gave HTTP response to HTTPS client`,
  });
});

test('an authority in the registry’s directory is trusted, an unknown one is not', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'bt-certs-'));
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert, '-days', '2', ...subject], {
      stdio: 'ignore',
    });
    const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    await using registry = await startScriptedRegistry([ping, manifests], { tls });
    await assert.rejects(
      open(registry.address, {}, directory, 'https'),
      /certificate signed by unknown authority$/,
    );
    mkdirSync(join(directory, registry.address));
    writeFileSync(join(directory, registry.address, 'ca.crt'), tls.cert);
    using session = await open(registry.address, {}, directory, 'https');
    assert.equal((await session.manifest('1', signal)).mediaType, 'x/y');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
