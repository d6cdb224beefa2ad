// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCompression } from '../../src/adapters/compression/index.ts';
import {
  type Containerd,
  createContainerd,
  superviseContainerd,
} from '../../src/adapters/containerd/index.ts';
import { createDisk } from '../../src/adapters/disk/index.ts';
import { createRegistries } from '../../src/adapters/registry/index.ts';
import { fixedConfig } from '../../src/base/config-source.ts';
import { silentLog } from '../../src/base/log.ts';
import type { NewEvent } from '../../src/domain/events/index.ts';
import { createImages, type ImagesConfig, type StartableImages } from '../../src/domain/images/index.ts';
import { hostPlatform } from '../../src/spec/platform.ts';

/** A containerd of a test's own, in a temporary directory. */
export interface PrivateContainerd extends AsyncDisposable {
  readonly directory: string;
  readonly containerd: Containerd;
}

export const startContainerd = async (): Promise<PrivateContainerd> => {
  const directory = await mkdtemp(join(tmpdir(), 'bt-images-'));
  const paths = {
    folder: join(directory, 'run'),
    root: join(directory, 'root'),
    state: join(directory, 'state'),
  };
  const supervisor = await superviseContainerd({ ...paths, log: silentLog }, AbortSignal.timeout(60_000));
  const { address } = supervisor;
  const containerd = createContainerd({
    address,
    namespace: 'moby',
    log: silentLog,
    root: paths.root,
  });
  await containerd.ensureNamespace();
  return {
    directory,
    containerd,
    [Symbol.asyncDispose]: async () => {
      await containerd[Symbol.asyncDispose]();
      await supervisor[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export interface ImagesRoom {
  readonly images: StartableImages;
  /** What was published so far. */
  readonly events: NewEvent[];
}

/** The images room over a real containerd, started; what it needs beside is real as well. */
export const startImages = async (
  { containerd }: PrivateContainerd,
  config: Partial<ImagesConfig> = {},
): Promise<ImagesRoom> => {
  const events: NewEvent[] = [];
  const images = createImages({
    ...containerd,
    content: containerd.content,
    records: containerd.images,
    registries: createRegistries({ userAgent: 'berth-test', certificateDirectory: '/nonexistent' }),
    compression: createCompression(),
    disk: createDisk(),
    events: { publish: (event) => void events.push(event) },
    config: fixedConfig({
      mirrors: [],
      insecureRegistries: [],
      maxConcurrentDownloads: 3,
      maxDownloadAttempts: 5,
      ...config,
    }),
    host: hostPlatform(process.arch),
    engineVersion: '28.5.2',
    log: silentLog,
    lifetime: new AbortController().signal,
  });
  await images.start();
  return { images, events };
};

/** Bytes as a stream of chunks, as a socket gives them. */
export async function* streamOf(bytes: Uint8Array, chunk = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
}
