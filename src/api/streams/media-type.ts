// SPDX-License-Identifier: Apache-2.0
import type { ApiVersion } from '../version.ts';

const RAW = 'application/vnd.docker.raw-stream';
const MULTIPLEXED = 'application/vnd.docker.multiplexed-stream';

/** What an output stream is called. Framed output has a name of its own since API 1.42; before, it was called raw. */
export const outputType = (tty: boolean, api: ApiVersion): string => (tty || api < 42 ? RAW : MULTIPLEXED);

/** The type of every answer to a client that did not ask for a 101, and of attach's errors. */
export const RAW_STREAM = RAW;
