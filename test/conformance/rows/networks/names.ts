// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../../coverage/row.ts';

/** Name resolution in networks of users. */
export const nameResolutionSection: Section = {
  title: 'Names',
  rows: [
    row('network: dns resolv.conf', 'nameserver 127.0.0.11, search, options, and its comments'),
    row('network: dns container names', 'name, short id, host name, in any case'),
    row('network: dns aliases', 'dots allowed'),
    row('network: dns shared aliases', 'all addresses, in turns'),
    row('network: dns name.network', 'the name within a network'),
    row('network: dns links', 'for one container alone'),
    row('network: dns PTR', 'name.network; unknown ones are forwarded'),
    row('network: dns AAAA of a name without IPv6', 'NOERROR, empty'),
    row('network: dns AAAA', 'addresses of both families'),
    row('network: dns other types', 'MX empty; others forwarded'),
    row('network: dns forwarding', 'to the servers of the host and of the container'),
    row('network: dns upstream failures', 'SERVFAIL and REFUSED: the next; NXDOMAIN is passed on'),
    tested(
      'network: dns upstream dead, slow or lying',
      'others are asked meanwhile; SERVFAIL at last; no lie is passed on',
      'test/integration/networks/dns-faults.test.ts',
      'upstreams that are dead, slow or lying end as with dockerd or better',
    ),
    tested(
      'network: dns silent servers',
      'nobody waits for one that did not reply lately',
      'src/domain/dns/forwarder.test.ts',
      'nobody waits for a server that was late or silent before, until it replies',
    ),
    row('network: dns TCP', 'and truncation'),
    row('network: dns EDNS', 'passed on to the server and back'),
    tested(
      'network: dns bounded',
      'in flight; REFUSED beyond',
      'src/domain/dns/forwarder.test.ts',
      'of more than 1024 queries that wait the rest is refused',
    ),
    tested(
      'network: dns flooded',
      'by one container: others are answered, memory stays within bounds',
      'test/integration/networks/dns.test.ts',
      'a container that floods its resolver starves nobody, and memory stays within bounds',
    ),
    tested(
      'network: dns of other users',
      'in namespaces that user namespaces own, also after a kill -9',
      'test/integration/networks/remapped-names.test.ts',
      "names are resolved in namespaces of other users, over connections and a daemon's end",
    ),
    tested(
      'network: dns malformed queries',
      'an error, or nothing; the next one is answered',
      'test/integration/networks/dns.test.ts',
      'malformed queries harm nobody',
    ),
    tested(
      'network: dns after a restart',
      'also for a program that has kept its socket',
      'test/integration/networks/dns.test.ts',
      'a later daemon answers again, also a program that has kept its socket',
    ),
    row('network: dns ndots', 'single labels stay here'),
    row('network: dns --dns', 'servers, search domains and options'),
    row('network: dns internal networks', 'names of containers, and nothing else'),
    row('network: dns at once', 'after connect, disconnect and rename'),
    row('network: dns several networks', 'names of all of them'),
    row('network: dns before the program runs', 'its first line finds others'),
    row('network: dns default bridge', 'no names'),
    row('network: dns hosts file', 'lines come and go with networks'),
    row('network: dns host-gateway', 'on default and own networks'),
  ],
};
