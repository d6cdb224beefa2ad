// SPDX-License-Identifier: Apache-2.0
import type { LogDriver } from '../driver.ts';
import { createAwslogsDriver } from '../awslogs/driver.ts';
import { createFluentdDriver } from '../fluentd/driver.ts';
import { createGcplogsDriver } from '../gcplogs/driver.ts';
import { createGelfDriver } from '../gelf/driver.ts';
import { createJournaldDriver } from '../journald/driver.ts';
import { createSplunkDriver } from '../splunk/driver.ts';
import { createSyslogDriver } from '../syslog/driver.ts';
import type { RemoteDeps } from './remote-deps.ts';

/** The drivers that send logs elsewhere. */
export const createRemoteDrivers = (deps: RemoteDeps): readonly LogDriver[] => [
  createAwslogsDriver(deps),
  createFluentdDriver(deps),
  createGcplogsDriver(deps),
  createGelfDriver(deps),
  createJournaldDriver(deps),
  createSplunkDriver(deps),
  createSyslogDriver(deps),
];
