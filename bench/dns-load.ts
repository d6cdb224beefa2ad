// SPDX-License-Identifier: Apache-2.0
/**
 * Asks 127.0.0.11 for the address of a name, as fast as it answers, from the network namespace that it is run in:
 * `node dns-load.ts NAME COUNT AT_A_TIME`. Prints queries/s and microseconds of each share of the answers as JSON. It calls
 * the kernel itself, so that it costs little beside what it measures.
 */
import { encodeMessage } from '../src/spec/dns/encode.ts';
import { TYPE, dnsQuery } from '../src/spec/dns/message.ts';
import { parseIp } from '../src/spec/ip.ts';
import { checked } from '../src/sys/errno.ts';
import { declare } from '../src/sys/libc.ts';
import { internetAddress } from '../src/sys/socket-address.ts';
import { AF, IPPROTO, SOCK, limitReceive, openSocket, receiveBytes, sendBytes } from '../src/sys/socket.ts';
import { quantile } from './statistics.ts';

const connectCall = declare<(fd: number, address: Uint8Array, length: number) => number>(
  'int connect(int fd, const void *address, uint32_t length)',
);

const [name = '', count = '20000', atATime = '1'] = process.argv.slice(2);
const resolver = parseIp('127.0.0.11');
if (!resolver) throw new Error('no address');
const address = internetAddress(resolver, 53);
const fd = openSocket(AF.inet, SOCK.datagram, IPPROTO.udp);
checked(connectCall(fd, address, address.length), 'connect');
limitReceive(fd, 5);

const query = encodeMessage(dnsQuery(0, name, TYPE.a));
const answer = Buffer.alloc(512);
const sent = new Float64Array(0x1_0000);
const total = Number(count);
const taken = new Float64Array(total);

const ask = (id: number): void => {
  query.writeUInt16BE(id, 0);
  sent[id] = performance.now();
  sendBytes(fd, query);
};
/** Waits for one answer; gives the number that it is to. */
const hear = (): number => {
  const length = receiveBytes(fd, answer);
  const isGood = length > query.length && (answer.readUInt8(3) & 0xf) === 0 && answer.readUInt16BE(6) > 0;
  if (!isGood) throw new Error(`a bad answer: ${answer.toString('hex', 0, length)}`);
  return answer.readUInt16BE(0);
};

const began = performance.now();
for (let id = 0; id < Number(atATime); id++) ask(id);
for (let heard = 0; heard < total; heard++) {
  const id = hear();
  taken[heard] = performance.now() - (sent[id] ?? 0);
  ask(id);
}
const rate = (total / (performance.now() - began)) * 1000;
const share = (part: number): number => quantile([...taken], part) * 1000;
process.stdout.write(JSON.stringify({ rate, p50: share(0.5), p99: share(0.99) }));
