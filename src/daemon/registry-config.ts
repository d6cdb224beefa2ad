// SPDX-License-Identifier: Apache-2.0
import type { Environment } from './environment.ts';
import type { Settings } from './options/table.ts';

/** How registries are reached. */
export interface RegistryConfig {
  readonly registryMirrors: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly maxConcurrentDownloads: number;
  readonly maxConcurrentUploads: number;
  readonly maxDownloadAttempts: number;
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** A count of 0 stands for the default; proxies of the environment are those that no setting names. */
export const registryConfig = (settings: Settings, env: Environment): RegistryConfig => ({
  registryMirrors: settings['registry-mirror'] ?? [],
  insecureRegistries: settings['insecure-registry'] ?? [],
  maxConcurrentDownloads: settings['max-concurrent-downloads'] || 3,
  maxConcurrentUploads: settings['max-concurrent-uploads'] || 5,
  maxDownloadAttempts: settings['max-download-attempts'] || 5,
  httpProxy: settings['http-proxy'] ?? env['HTTP_PROXY'] ?? env['http_proxy'] ?? '',
  httpsProxy: settings['https-proxy'] ?? env['HTTPS_PROXY'] ?? env['https_proxy'] ?? '',
  noProxy: settings['no-proxy'] ?? env['NO_PROXY'] ?? env['no_proxy'] ?? '',
});
