// SPDX-License-Identifier: Apache-2.0

/** What the process's environment adds. */
export type Environment = Readonly<Record<string, string | undefined>>;
