// SPDX-License-Identifier: Apache-2.0
import type { LogDriver } from '../driver.ts';
import { logTag } from '../attributes.ts';
import { checkOptionNames } from '../options.ts';
import { pushDriver } from '../push-driver.ts';
import type { RemoteDeps } from '../remote/remote-deps.ts';
import { parseAddress } from './address.ts';
import { connectSyslog } from './connect.ts';
import { parseFacility } from './facility.ts';
import { parseFormat } from './format.ts';

const NAME = 'syslog';

/** Source: docs.docker.com, "Syslog logging driver". */
const OPTIONS: ReadonlySet<string> = new Set([
  'env',
  'env-regex',
  'labels',
  'labels-regex',
  'tag',
  'syslog-address',
  'syslog-facility',
  'syslog-format',
  'syslog-tls-ca-cert',
  'syslog-tls-cert',
  'syslog-tls-key',
  'syslog-tls-skip-verify',
]);

/** Sends to a syslog daemon, here or elsewhere, in one of four formats. */
export const createSyslogDriver = ({ targets, pid }: Pick<RemoteDeps, 'targets' | 'pid'>): LogDriver =>
  pushDriver({
    name: NAME,
    validate: (options) => {
      checkOptionNames(NAME, options, OPTIONS);
      parseAddress(options['syslog-address'], targets);
      parseFacility(options['syslog-facility']);
      parseFormat(options['syslog-format'], false);
    },
    open: async (subject, { hostname }) => {
      const options = subject.config.config ?? {};
      const tag = logTag(subject, hostname);
      const address = parseAddress(options['syslog-address'], targets);
      const facility = parseFacility(options['syslog-facility']);
      const format = parseFormat(options['syslog-format'], address?.scheme === 'tcp+tls');
      const connection = await connectSyslog(targets, address, options);
      const sender = { facility, hostname, tag, pid };
      return {
        log: (messages) => {
          const formatted = messages
            .filter(({ line }) => line.length > 0)
            .map((message) => format(message, sender));
          return formatted.length === 0 ? undefined : connection.send(formatted);
        },
        [Symbol.asyncDispose]: async () => connection[Symbol.asyncDispose](),
      };
    },
  });
