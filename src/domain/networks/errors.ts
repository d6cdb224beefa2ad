// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../base/errors.ts';
import type { EndpointId } from '../../base/ids.ts';

export const noSuchNetwork = (reference: string): EngineError =>
  new EngineError('not-found', `network ${reference} not found`);

/** What a start says when the network is not to be had; kind and cause are kept. */
export const setUpFailed = (cause: unknown): EngineError =>
  new EngineError(kindOf(cause), `failed to set up container networking: ${messageOf(cause)}`, { cause });

/** What a start says when a port is not to be had: a 500 whatever the cause, as Docker answers. */
export const publishFailed = (container: string, endpoint: EndpointId | '', cause: unknown): EngineError =>
  new EngineError(
    'internal',
    `driver failed programming external connectivity on endpoint ${container} (${endpoint}): ${messageOf(cause)}`,
    { cause },
  );
