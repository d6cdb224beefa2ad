// SPDX-License-Identifier: Apache-2.0

export const ATTACH_PATH = '/containers/{name:.*}/attach';
export const EXEC_START_PATH = '/exec/{id:.*}/start';

/** The POSTs whose handlers take the connection over. Known apart from the table: a connection may come before it is there. */
export const HIJACKED_PATHS: readonly string[] = [ATTACH_PATH, EXEC_START_PATH];
