// SPDX-License-Identifier: Apache-2.0
import type { Method } from '../route.ts';

export const ATTACH_PATH = '/containers/{name:.*}/attach';
export const ATTACH_WS_PATH = '/containers/{name:.*}/attach/ws';
export const EXEC_START_PATH = '/exec/{id:.*}/start';

/** The requests whose handlers take the connection over. Known apart from the table: a connection may come before it is there. */
export const HIJACKED: readonly (readonly [method: Method, path: string])[] = [
  ['POST', ATTACH_PATH],
  ['POST', EXEC_START_PATH],
  ['GET', ATTACH_WS_PATH],
];
