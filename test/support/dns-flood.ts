// SPDX-License-Identifier: Apache-2.0
/**
 * Floods 127.0.0.11 from the network namespace that it is run in for argv[2] seconds, and reads no answer: names that are
 * known, names that nobody knows, and garbage. Prints how many datagrams it has sent.
 */
import { encodeMessage } from '../../src/spec/dns/encode.ts';
import { TYPE, dnsQuery } from '../../src/spec/dns/message.ts';
import { parseIp } from '../../src/spec/ip.ts';
import { sendDatagram } from '../../src/sys/datagram.ts';
import { internetAddress } from '../../src/sys/socket-address.ts';
import { AF, IPPROTO, SOCK, openSocket } from '../../src/sys/socket.ts';

const resolver = parseIp('127.0.0.11');
if (!resolver) throw new Error('no address');
const address = internetAddress(resolver, 53);
const fd = openSocket(AF.inet, SOCK.datagram, IPPROTO.udp);
const until = performance.now() + 1000 * Number(process.argv[2] ?? '1');

const known = encodeMessage(dnsQuery(1, 'web', TYPE.a));
const unknown = encodeMessage(dnsQuery(1, 'silent.00000000.example', TYPE.a));
const garbage = Buffer.from(known);

const flood = (): number => {
  let sent = 0;
  while (performance.now() < until) {
    for (let burst = 0; burst < 30; burst += 1) {
      const turn = sent % 3;
      if (turn === 1) unknown.write(String(sent % 100_000_000).padStart(8, '0'), 20);
      if (turn === 2) garbage[sent % garbage.length] = sent % 251;
      sendDatagram(fd, [known, unknown, garbage][turn] ?? known, address);
      sent += 1;
    }
  }
  return sent;
};

process.stdout.write(`${flood()}`);
