// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createTestRoom, type TestRoom } from '../../../../test/support/container-room.ts';
import { containerConfig } from '../../../spec/container-config.ts';
import { networkingConfig } from '../../../spec/endpoint-settings.ts';
import { type HostConfig, hostConfig } from '../../../spec/host-config.ts';
import { createContainer } from '../create.ts';
import { deleteContainer } from '../delete.ts';
import { listContainers } from '../list.ts';
import { renameContainer } from '../rename.ts';
import { restoreContainers } from '../restore.ts';
import { startContainer } from '../start.ts';
import { linkEnvironment } from './link-environment.ts';
import { linkedEnvironment, linksOf } from './linked.ts';
import { relinkHosts } from './linked-hosts.ts';
import { parseLink } from './parse-link.ts';

const { signal } = new AbortController();
const follower = new AbortController();
after(() => follower.abort());

const room = async (options: Parameters<typeof createTestRoom>[0] = {}): Promise<TestRoom> => {
  const made = createTestRoom(options);
  await restoreContainers(made.core, follower.signal);
  return made;
};

const create = async (
  { core }: TestRoom,
  name: string,
  links: readonly string[] = [],
  host: Partial<HostConfig> = {},
): Promise<string> => {
  const exposed = host.networkMode === undefined ? { exposedPorts: { '80/tcp': {} } } : {};
  const config = { ...containerConfig.zero, image: 'busybox', ...exposed };
  const request = {
    name,
    config,
    hostConfig: { ...hostConfig.zero, networkMode: 'bridge', links, ...host },
    networking: networkingConfig.zero,
    warnings: [],
  };
  return (await createContainer(core, request, { signal })).id;
};

const run = async (made: TestRoom, name: string, links: readonly string[] = []): Promise<string> => {
  const id = await create(made, name, links);
  await startContainer(made.core, id, { signal });
  return id;
};

const shown = ({ core }: TestRoom, name: string): readonly string[] =>
  linksOf(core, core.ledger.resolve(name)).map((link) => `${link.childName} ${link.name}`);

const names = async ({ core }: TestRoom): Promise<readonly (readonly string[] | undefined)[]> =>
  (await listContainers(core, { all: true, limit: 0, size: false, filters: {} })).map((view) => view.names);

describe('a link as it is asked for', () => {
  test('is a name, a name and an alias, or what inspect shows', () => {
    deepEqual(parseLink('db'), { name: 'db', alias: 'db' });
    deepEqual(parseLink('db:store'), { name: 'db', alias: 'store' });
    deepEqual(parseLink('/db:/web/store'), { name: 'db', alias: 'store' });
  });

  test('is refused in Docker’s words when it is none', () => {
    throws(() => parseLink('a:b:c'), { kind: 'internal', message: 'bad format for links: a:b:c' });
    throws(() => parseLink(''), { message: 'empty string specified for links' });
  });
});

describe('the environment', () => {
  const environmentOf = (keys: readonly [number, 'tcp' | 'udp'][]): readonly string[] =>
    linkEnvironment({
      name: '/web/data-base',
      address: '172.17.0.2',
      ports: keys.map(([number, protocol]) => ({ number, protocol })),
      environment: ['PATH=/bin', 'HOME=/root', 'KEY=a=b', 'BARE'],
    });

  test('has the main port, each port, the name, and what the child was given', () => {
    deepEqual(environmentOf([[5432, 'tcp']]), [
      'DATA_BASE_PORT=tcp://172.17.0.2:5432',
      'DATA_BASE_PORT_5432_TCP=tcp://172.17.0.2:5432',
      'DATA_BASE_PORT_5432_TCP_ADDR=172.17.0.2',
      'DATA_BASE_PORT_5432_TCP_PORT=5432',
      'DATA_BASE_PORT_5432_TCP_PROTO=tcp',
      'DATA_BASE_NAME=/web/data-base',
      'DATA_BASE_ENV_KEY=a=b',
    ]);
    deepEqual(environmentOf([]), ['DATA_BASE_NAME=/web/data-base', 'DATA_BASE_ENV_KEY=a=b']);
  });

  test('names the two ends of a range of one protocol; the main port is the lowest of TCP', () => {
    const found = environmentOf([
      [6382, 'udp'],
      [6381, 'tcp'],
      [53, 'udp'],
      [6380, 'tcp'],
    ]).filter((entry) => /_PORT=|START|END/.test(entry));
    deepEqual(found, [
      'DATA_BASE_PORT=tcp://172.17.0.2:6380',
      'DATA_BASE_PORT_6380_TCP_START=tcp://172.17.0.2:6380',
      'DATA_BASE_PORT_6380_TCP_PORT_START=6380',
      'DATA_BASE_PORT_6380_TCP_END=tcp://172.17.0.2:6381',
      'DATA_BASE_PORT_6380_TCP_PORT_END=6381',
      'DATA_BASE_PORT_6380_TCP_PORT=6380',
      'DATA_BASE_PORT_6381_TCP_PORT=6381',
      'DATA_BASE_PORT_53_UDP_PORT=53',
      'DATA_BASE_PORT_6382_UDP_PORT=6382',
    ]);
  });
});

test('a hosts file follows an address, loses a link, and keeps what others wrote', () => {
  const db = { alias: 'db', names: 'db host db1', address: '172.17.0.9' };
  const text = '127.0.0.1\tlocalhost\n172.17.0.2\tdb host db1\n10.0.0.1\tmine\n';
  equal(relinkHosts(text, [db]), '127.0.0.1\tlocalhost\n172.17.0.9\tdb host db1\n10.0.0.1\tmine\n');
  equal(relinkHosts('10.0.0.1\tmine\n', [db]), '10.0.0.1\tmine\n172.17.0.9\tdb host db1\n');
  equal(relinkHosts(text, [], ['db']), '127.0.0.1\tlocalhost\n10.0.0.1\tmine\n');
  equal(relinkHosts(text, [{ ...db, address: '' }]), text);
});

describe('a container with links', () => {
  test('gives its child a second name, by which it is found', async () => {
    const made = await room();
    const child = await run(made, 'db');
    await run(made, 'web', ['db:store', 'db']);
    deepEqual(shown(made, 'web'), ['db /web/store', 'db /web/db']);
    equal(made.core.ledger.resolve('/web/store').id, child);
    deepEqual(await names(made), [undefined, ['db', 'web/db', 'web/store']]);
    match(made.store.files.get(`${made.core.ledger.resolve('web').id}/hosts`) ?? '', /\tstore \w{12} db\n/);
  });

  test('needs a child that is there', async () => {
    const made = await room();
    await create(made, 'away', [], { networkMode: 'host' });
    await rejects(create(made, 'web', ['nobody:x']), {
      kind: 'invalid-argument',
      message: 'could not get container for nobody: No such container: nobody',
    });
    await rejects(create(made, 'web', ['away:x']), { kind: 'invalid-argument', message: /host type/ });
    deepEqual(await names(made), [undefined]);
  });

  test('links a container that shares a network to the one that owns it', async () => {
    const made = await room();
    await create(made, 'db');
    await create(made, 'side', [], { networkMode: 'container:db' });
    await create(made, 'web', ['side:x']);
    deepEqual(shown(made, 'web'), ['db /web/x']);
  });

  test('of a name that another child has takes the first', async () => {
    const made = await room();
    await create(made, 'db');
    await create(made, 'other');
    await create(made, 'web', ['db:x', 'other:x']);
    deepEqual(shown(made, 'web'), ['db /web/x']);
  });

  test('is not started, and gets no exec, without its child', async () => {
    const made = await room();
    const child = await run(made, 'db');
    const parent = await run(made, 'web', ['db:store']);
    match(linkedEnvironment(made.core, made.core.ledger.resolve('web')).join(' '), /STORE_PORT_80_TCP=/);
    made.containerd.exit({ id: child }, 0);
    await made.core.waiters.exitWithin(child as never, -1n as never).catch(() => undefined);
    const message = 'Cannot link to a non running container: /db AS /web/store';
    throws(() => linkedEnvironment(made.core, made.core.ledger.resolve('web')), { message });
    made.containerd.exit({ id: parent }, 0);
    await made.core.waiters.exitWithin(parent as never, -1n as never);
    await rejects(startContainer(made.core, 'web', { signal }), { kind: 'internal', message });
  });

  test('knows of a child that is gone, and meets one of its name after a restart', async () => {
    const made = await room();
    await create(made, 'db');
    await create(made, 'web', ['db:store']);
    await deleteContainer(made.core, 'db', { force: false, volumes: false, link: false });
    deepEqual(shown(made, 'web'), ['db /web/store']);
    await create(made, 'db');
    const again = await room({ containerd: made.containerd, store: made.store });
    deepEqual(await names(again), [['db', 'web/store'], undefined]);
  });

  test('keeps its links over a change of its name and a restart of the daemon', async () => {
    const made = await room();
    await create(made, 'db');
    await create(made, 'web', ['db:store']);
    await renameContainer(made.core, 'web', 'www');
    await renameContainer(made.core, 'db', 'base');
    deepEqual(shown(made, 'www'), ['base /www/store']);
    const again = await room({ containerd: made.containerd, store: made.store });
    deepEqual(shown(again, 'www'), ['base /www/store']);
    equal(again.core.ledger.resolve('www/store').name, 'base');
  });

  test('loses a link by its name, and its names when it goes', async () => {
    const made = await room();
    await create(made, 'db');
    await create(made, 'web', ['db:a', 'db:b']);
    const unlink = async (name: string): Promise<void> =>
      deleteContainer(made.core, name, { force: false, volumes: false, link: true });
    await unlink('/web/a');
    deepEqual(shown(made, 'web'), ['db /web/b']);
    await rejects(unlink('web/a'), { kind: 'not-found', message: 'No such container: web/a' });
    await rejects(unlink('web'), { message: /cannot remove the default link name/ });
    await deleteContainer(made.core, 'web', { force: false, volumes: false, link: false });
    deepEqual(await names(made), [undefined]);
  });
});
