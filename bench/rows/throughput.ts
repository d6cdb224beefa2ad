// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from 'node:child_process';
import type { Engine } from '../../test/support/engine.ts';
import { mustRun } from '../../test/support/run-command.ts';
import { call } from '../api-client.ts';
import { mustDocker, type Benchmark } from '../row.ts';

// Python, since a blocking loop over one buffer costs less than the kernel's work; Node's streams would be measured.
const RECEIVER = `
import socket, sys
server = socket.create_server(('0.0.0.0', int(sys.argv[1])))
print('listening', flush=True)
buffer = bytearray(1 << 20)
while True:
    connection, _ = server.accept()
    received = 0
    while count := connection.recv_into(buffer):
        received += count
    connection.sendall(str(received).encode())
    connection.close()
`;

/** Sends for a number of seconds, is told how much came, and prints MB/s. */
const SENDER = `
import socket, sys, time
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), 10)
buffer = bytes(1 << 20)
began = time.monotonic()
while time.monotonic() - began < float(sys.argv[3]):
    connection.sendall(buffer)
connection.shutdown(socket.SHUT_WR)
received = int(connection.recv(64))
print(received / 1e6 / (time.monotonic() - began))
`;

const PYTHON = '/usr/bin/python3';
const SECONDS = '0.3';
const PORT = '5001';
/** An address that the host of each engine gets on its loopback; of the block for documentation (RFC 5737). */
const HOST_ADDRESS = '198.51.100.1';

async function inspect(engine: Engine, name: string, format: string): Promise<string> {
  return mustDocker(engine, ['inspect', '-f', format, name]);
}

const inNamespaceOf = async (engine: Engine, name: string): Promise<readonly string[]> => [
  'nsenter',
  `--net=/proc/${await inspect(engine, name, '{{.State.Pid}}')}/ns/net`,
];

/** Starts the receiver in the receiving container's namespace; resolves when it listens. */
async function startReceiver(engine: Engine): Promise<ChildProcess> {
  const [file = '', ...args] = await inNamespaceOf(engine, 'bench-receiver');
  const child = spawn(file, [...args, PYTHON, '-c', RECEIVER, PORT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the receiver ended with ${code}`)));
  });
  return child;
}

async function send(prefix: readonly string[], address: string): Promise<number> {
  const command = [...prefix, PYTHON, '-c', SENDER, address, PORT, SECONDS];
  return Number(await mustRun('env', command));
}

/** What a stage keeps between the samples of one engine. */
interface Stage {
  readonly receiver: ChildProcess;
  readonly container: readonly string[];
  readonly address: string;
}

async function setStage(engine: Engine): Promise<Stage> {
  await engine.netns.run(['ip', 'address', 'add', `${HOST_ADDRESS}/32`, 'dev', 'lo']);
  await mustDocker(engine, ['network', 'create', 'bench-stream']);
  const common = ['-d', '--network', 'bench-stream'];
  await mustDocker(engine, ['run', ...common, '--name', 'bench-sender', 'busybox', 'sleep', '3600']);
  const published = ['-p', `${PORT}:${PORT}`, '--name', 'bench-receiver'];
  await mustDocker(engine, ['run', ...common, ...published, 'busybox', 'sleep', '3600']);
  return {
    receiver: await startReceiver(engine),
    container: await inNamespaceOf(engine, 'bench-sender'),
    address: await inspect(
      engine,
      'bench-receiver',
      '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
    ),
  };
}

async function clearStage(engine: Engine, stage: Stage | undefined): Promise<void> {
  stage?.receiver.kill();
  for (const name of ['bench-sender', 'bench-receiver'])
    await call(engine, 'DELETE', `/v1.41/containers/${name}?force=1`);
  await call(engine, 'DELETE', '/v1.41/networks/bench-stream');
  await engine.netns.run(['ip', 'address', 'delete', `${HOST_ADDRESS}/32`, 'dev', 'lo']);
}

const rate = { unit: 'MB/s', greaterIsBetter: true, aim: 0.95 } as const;

/** One TCP stream for a moment, the same program against both, on the ways that lead to a container. */
export function throughputBenchmark(): Benchmark {
  const stages = new Map<Engine, Stage>();
  return {
    name: 'throughput-tcp',
    rows: {
      'TCP, container to container': rate,
      "TCP, host to a published port by the host's address": rate,
      'TCP, host to a published port by 127.0.0.1': rate,
      "TCP, container to a published port by the host's address": rate,
    },
    // Short and many: on two cores the places of sender and receiver count for a factor of two.
    iterations: 40,
    quickIterations: 10,
    prepare: async (engine) => void stages.set(engine, await setStage(engine)),
    sample: async (engine) => {
      const stage = stages.get(engine);
      if (stage === undefined) throw new Error('nothing is prepared');
      const host = engine.netns.enter([]);
      return {
        'TCP, container to container': await send(stage.container, stage.address),
        "TCP, host to a published port by the host's address": await send(host, HOST_ADDRESS),
        'TCP, host to a published port by 127.0.0.1': await send(host, '127.0.0.1'),
        "TCP, container to a published port by the host's address": await send(stage.container, HOST_ADDRESS),
      };
    },
    cleanUp: (engine) => clearStage(engine, stages.get(engine)),
  };
}
