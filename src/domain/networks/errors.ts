// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../base/errors.ts';
import type { ContainerId, EndpointId } from '../../base/ids.ts';

export const noSuchNetwork = (reference: string): EngineError =>
  new EngineError('not-found', `network ${reference} not found`);

/** What a start says when the network is not to be had; kind and cause are kept. */
export const setUpFailed = (cause: unknown): EngineError =>
  new EngineError(kindOf(cause), `failed to set up container networking: ${messageOf(cause)}`, { cause });

const gatewayFailed =
  (what: string) =>
  (container: ContainerId, cause: unknown): EngineError =>
    new EngineError(
      'internal',
      `container ${container}: endpoint ${what} on GW Network failed: ${messageOf(cause)}`,
      {
        cause,
      },
    );

/** What is said when a container cannot be given its endpoint on `docker_gwbridge`: a 500 whatever the cause. */
export const gatewayCreateFailed = gatewayFailed('create');

/** The same of what is to come in there. */
export const gatewayJoinFailed = gatewayFailed('join');

/** What a start says when a port is not to be had: a 500 whatever the cause, as Docker answers. */
export const publishFailed = (container: string, endpoint: EndpointId | '', cause: unknown): EngineError =>
  new EngineError(
    'internal',
    `driver failed programming external connectivity on endpoint ${container} (${endpoint}): ${messageOf(cause)}`,
    { cause },
  );
