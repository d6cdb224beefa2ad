// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Engine } from '../support/engine.ts';
import { docker, dockerUntil } from '../support/use-engine.ts';

/** A network that all clients use, and a container that always runs in it. */
export interface Place {
  readonly network: string;
  readonly anchor: string;
  readonly anchorAddress: string;
  /** No published port leads into it. */
  readonly isInternal: boolean;
}

/** An address of the host that published ports are asked at; of the block for documentation (RFC 5737). */
export const HOST_ADDRESS = '198.51.100.1';

// Answers each query that there is no such name: the query's id and question, and RCODE 3 (RFC 1035, 4.1.1).
const NOBODY = `
import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))
print('bound', flush=True)
while True:
    query, client = server.recvfrom(4096)
    server.sendto(query[:2] + bytes([0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0]) + query[12:query.index(0, 12) + 5], client)
`;

/** Starts a DNS server beside the engine's host address that knows no name. */
const startNobody = async (engine: Engine): Promise<ChildProcess> => {
  const [file = '', ...args] = engine.netns.enter(['/usr/bin/python3', '-c', NOBODY, HOST_ADDRESS]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
};

/** What the clients find. */
export interface Stage {
  readonly places: readonly Place[];
  readonly nobody: ChildProcess;
}

/** The place whose addresses are few: /28, of which the network, the gateway, the anchor and the broadcast take one each. */
export const NARROW = 0;
export const NARROW_ADDRESSES = 12;

const COUNT = 10;

const flagsOf = (index: number): readonly string[] => {
  if (index === NARROW) return ['--subnet', `10.81.${index}.240/28`];
  const subnet = ['--subnet', `10.81.${index}.0/24`];
  if (index === 8) return [...subnet, '--ipv6', '--subnet', 'fd51:81::/64'];
  return index === 9 ? [...subnet, '--internal'] : subnet;
};

/** Makes ten networks, one with few addresses, one of both families, one internal, and a container to stay in each. */
export const setStage = async (engine: Engine): Promise<Stage> => {
  await engine.netns.run(['ip', 'address', 'add', `${HOST_ADDRESS}/32`, 'dev', 'lo']);
  const nobody = await startNobody(engine);
  const places: Place[] = [];
  for (let index = 0; index < COUNT; index += 1) {
    const place = {
      network: `net-${index}`,
      anchor: `anchor-${index}`,
      anchorAddress: `10.81.${index}.250`,
      isInternal: index === 9,
    };
    await docker(engine, ['network', 'create', ...flagsOf(index), place.network]);
    const home = ['--network', place.network, '--ip', place.anchorAddress];
    const rest = ['--restart', 'always', '--name', place.anchor, 'busybox', 'sleep', '36000'];
    await docker(engine, ['run', '-d', ...home, ...rest]);
    places.push(place);
  }
  return { places, nobody };
};

/** How many containers find an address in the narrow network when the anchor alone is there: all that it has. */
export const fillNarrow = async (engine: Engine): Promise<number> => {
  await dockerUntil(engine, ['inspect', '-f', '{{.State.Running}}', `anchor-${NARROW}`], 'true', 30_000);
  const names = Array.from({ length: NARROW_ADDRESSES }, (_, index) => `filler-${index}`);
  const ran = await Promise.all(
    names.map((name) =>
      engine.docker(['run', '-d', '--name', name, '--network', `net-${NARROW}`, 'busybox', 'sleep', '600']),
    ),
  );
  await engine.docker(['rm', '-f', ...names]);
  return ran.filter(({ code }) => code === 0).length;
};

/** Takes all of it away again. */
export const clearStage = async (engine: Engine, { places, nobody }: Stage): Promise<void> => {
  nobody.kill();
  await docker(engine, ['rm', '-f', ...places.map(({ anchor }) => anchor)]);
  await docker(engine, ['network', 'rm', ...places.map(({ network }) => network)]);
};
