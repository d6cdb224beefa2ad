// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';

/** The texts that several verbs give; they are Docker's own, since clients match them. */
export const noSuchContainer = (reference: string): EngineError =>
  new EngineError('not-found', `No such container: ${reference}`);

export const notRunning = (reference: string): EngineError =>
  new EngineError('conflict', `container ${reference} is not running`);

export const isRestarting = (id: string): EngineError =>
  new EngineError('conflict', `Container ${id} is restarting, wait until the container is running`);

export const removalInProgress = (reference: string): EngineError =>
  new EngineError('conflict', `removal of container ${reference} is already in progress`);

/** Another error with text before it, of the same kind. */
export const prefixed = (prefix: string, error: EngineError): EngineError =>
  new EngineError(error.kind, `${prefix}${error.message}`, { cause: error });
