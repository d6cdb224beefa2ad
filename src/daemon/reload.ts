// SPDX-License-Identifier: Apache-2.0
import type { ConfigSource } from '../base/config-source.ts';
import { toSeconds } from '../base/time.ts';
import type { Config } from './config.ts';

/** The configuration of a running daemon: a snapshot that a reload swaps. */
export class LiveConfig implements ConfigSource<Config> {
  #current: Config;

  constructor(current: Config) {
    this.#current = current;
  }

  get current(): Config {
    return this.#current;
  }

  swap(next: Config): void {
    this.#current = next;
  }
}

const STOCK = ['runc', 'io.containerd.runc.v2'];

const goMap = (map: Readonly<Record<string, unknown>>): string =>
  `map[${Object.keys(map)
    .toSorted()
    .map((key) => `${key}:${String(map[key])}`)
    .join(' ')}]`;

/** What the event `reload` tells, all as texts. */
export const reloadAttributes = (config: Config, hostname: string): Readonly<Record<string, string>> => ({
  name: hostname,
  debug: String(config.debug),
  'max-concurrent-downloads': String(config.maxConcurrentDownloads),
  'max-concurrent-uploads': String(config.maxConcurrentUploads),
  'max-download-attempts': String(config.maxDownloadAttempts),
  'shutdown-timeout': String(toSeconds(config.shutdownTimeout)),
  labels: JSON.stringify(config.labels),
  'insecure-registries': JSON.stringify(config.insecureRegistries),
  'registry-mirrors': JSON.stringify(config.registryMirrors),
  'live-restore': String(config.liveRestore),
  features: goMap(config.features),
  runtimes: Object.entries(config.runtimes)
    .filter(([name]) => !STOCK.includes(name))
    .map(([name, { binary }]) => `${name}:${binary}`)
    .join(' '),
  'default-runtime': config.defaultRuntime,
  'default-shm-size': String(config.defaultShmSize),
  'default-ipc-mode': config.defaultIpcMode,
  'default-cgroupns-mode': config.defaultCgroupnsMode,
});
