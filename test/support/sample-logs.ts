// SPDX-License-Identifier: Apache-2.0
import { createFakeLogTargets } from '../../src/adapters/log-targets/fake.ts';
import type { LogFiles } from '../../src/adapters/logfiles/index.ts';
import { fixedConfig } from '../../src/base/config-source.ts';
import { silentLog } from '../../src/base/log.ts';
import { createLogs, type LogsConfig } from '../../src/domain/logs/create-logs.ts';

import type { Logs } from '../../src/domain/logs/logs.ts';

/** The logs room over `files`, with services that are not there and nobody who hears its events. */
export const sampleLogs = (
  files: LogFiles,
  config: LogsConfig = { driver: 'json-file', options: {} },
): Logs =>
  createLogs({
    files,
    config: fixedConfig(config),
    log: silentLog,
    events: { publish: () => undefined },
    hostname: 'host',
    remote: {
      targets: createFakeLogTargets(),
      environment: {},
      userAgent: 'berth',
      pid: 1,
      log: silentLog,
    },
  });
