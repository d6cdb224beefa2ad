// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import {
  buildImage,
  busyboxLayer,
  dockerArchive,
  type LayerMembers,
} from '../../test/support/image-archive.ts';
import { call, createContainer } from '../api-client.ts';
import { mustDocker, timed, type Benchmark } from '../row.ts';

const IMAGE = 'bench/files:1';
const FILES = 10_000;
const DIRECTORIES = 100;

/** 10,000 files of 1 to 8 KiB in 100 directories, as a tree of sources or of installed modules has them. */
const filesLayer = (): LayerMembers => [
  { entry: { name: 'data/', type: 'directory', mode: 0o750, uid: 1000, gid: 1000 } },
  ...Array.from({ length: DIRECTORIES }, (_, index) => ({
    entry: { name: `data/${index}/`, type: 'directory' as const, mode: 0o755, uid: 1000, gid: 1000 },
  })),
  ...Array.from({ length: FILES }, (_, index) => ({
    entry: { name: `data/${index % DIRECTORIES}/file-${index}`, uid: 1000, gid: 1000 },
    content: randomBytes(1024 * (1 + (index % 8))),
  })),
];

const COPY_UP = `copy-up of ${FILES.toLocaleString('en')} files into a new volume`;
const COPIED = { Labels: { 'bench.copied': '' } };
const LIFE = 'volume create + remove';

/** An image's files into a volume at the container's creation; a volume's short life. */
export const volumeBenchmarks: readonly Benchmark[] = [
  {
    name: 'copy-up',
    rows: { [COPY_UP]: { unit: 'ms', aim: 1 } },
    iterations: 6,
    quickIterations: 2,
    prepare: async (engine) => {
      const image = buildImage({ tags: [IMAGE], layers: [busyboxLayer(), filesLayer()] });
      await mustDocker(engine, ['load', '-q'], dockerArchive(image));
    },
    // Nothing is removed before all is measured: ext4 searches past inodes that were freed a moment ago, at each new file.
    sample: async (engine) => ({
      [COPY_UP]: await timed(() =>
        createContainer(engine, { ...COPIED, Image: IMAGE, Volumes: { '/data': {} } }),
      ),
    }),
    cleanUp: async (engine) => {
      const filters = encodeURIComponent(JSON.stringify({ label: Object.keys(COPIED.Labels) }));
      const { json } = await call(engine, 'GET', `/v1.41/containers/json?all=1&filters=${filters}`);
      for (const { Id } of json as { Id: string }[])
        await call(engine, 'DELETE', `/v1.41/containers/${Id}?v=1`);
      await mustDocker(engine, ['rmi', IMAGE]);
    },
  },
  {
    name: 'volume',
    rows: { [LIFE]: { unit: 'ms' } },
    iterations: 60,
    quickIterations: 5,
    sample: async (engine) => ({
      [LIFE]: await timed(async () => {
        await call(engine, 'POST', '/v1.41/volumes/create', { Name: 'bench' });
        await call(engine, 'DELETE', '/v1.41/volumes/bench');
      }),
    }),
  },
];
