// SPDX-License-Identifier: Apache-2.0

/** One mount as containerd and the OCI runtime spec describe it. */
export interface Mount {
  /** File system type: `overlay`, `bind`, `proc`, `tmpfs` … */
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}
