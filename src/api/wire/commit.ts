// SPDX-License-Identifier: Apache-2.0
import { embed, struct } from '../../base/go-json.ts';
import { type ContainerConfig, containerConfig } from '../../spec/container-config.ts';
import { decodeBody } from '../body.ts';
import type { ApiVersion } from '../version.ts';

const body = embed(containerConfig, struct('CommitRequest', {}), 'ContainerConfigWrapper');

const says = (json: unknown): boolean =>
  typeof json === 'object' &&
  json !== null &&
  Object.keys(json).some((key) => containerConfig.keys.has(key.toLowerCase()));

/** The configuration that the body of a commit asks for; `undefined` when it asks for none. @throws invalid-argument */
export const readCommitConfig = (json: unknown, api: ApiVersion): ContainerConfig | undefined => {
  if (json === undefined) return undefined;
  const config = decodeBody(body, json);
  if (!says(json)) return undefined;
  if (api >= 44 || !config.healthcheck) return config;
  return { ...config, healthcheck: { ...config.healthcheck, startInterval: 0 } };
};
