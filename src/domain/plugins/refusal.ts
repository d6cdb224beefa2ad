// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';

/** Whether a call failed because the plugin does not know the method: those of later protocols are left out by older plugins. */
export const isUnknownMethod = (error: unknown): boolean =>
  error instanceof EngineError && 'status' in error && error.status === 404;
