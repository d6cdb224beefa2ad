// SPDX-License-Identifier: Apache-2.0
export { createLogs, type LogsConfig, type LogsDeps } from './create-logs.ts';
export type * from './logs.ts';
