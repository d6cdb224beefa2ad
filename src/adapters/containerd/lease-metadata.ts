// SPDX-License-Identifier: Apache-2.0
import type { CallOptions } from './grpc/call.ts';
import type { LeaseOptions } from './snapshots.ts';

/** Call options that join a call to its lease, when there is one. */
export const underLease = (options: LeaseOptions | undefined): CallOptions =>
  options?.lease === undefined ? {} : { metadata: { 'containerd-lease': options.lease } };
