// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { type Digest, hexOf, sha256 } from '../../src/spec/digest.ts';
import { encodeTar, type TarMember } from '../../src/spec/tar/write.ts';

/** Debian's busybox-static. */
const BUSYBOX = '/bin/busybox';

/** The applets that tests call; all are links to the one binary. */
const APPLETS =
  'sh ash cat ls echo true false sleep id ps kill env hostname ip ping nc wget head tail wc dd sha256sum seq yes date stat mount grep sed awk tr touch mkdir rm rmdir cp mv ln chmod chown find tar nslookup stty tty trap test vi free df du cut sort uniq xargs base64 uname whoami nproc timeout httpd ifconfig route netstat hexdump od md5sum top time usleep printf expr basename dirname readlink mknod sync which'.split(
    ' ',
  );

/** One layer: its members as a tar, uncompressed. */
export type LayerMembers = readonly TarMember[];

export interface ImageSpec {
  /** `name:tag` texts for the archive's manifest; none for an untagged image. */
  readonly tags?: readonly string[];
  /** Base layer first. By default one layer with busybox. */
  readonly layers?: readonly LayerMembers[];
  /** Merged over the default `config` (Cmd `sh`, a PATH). Keys as in the OCI image config. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly architecture?: string;
  readonly variant?: string;
  /** RFC 3339. */
  readonly created?: string;
}

/** An image in memory: what `docker save` would have written. */
export interface BuiltImage {
  /** `sha256:…` of `config`. */
  readonly id: Digest;
  readonly config: Uint8Array;
  readonly layers: readonly { readonly diffId: Digest; readonly tar: Uint8Array }[];
  readonly tags: readonly string[];
}

const directory = (name: string, mode = 0o755): TarMember => ({
  entry: { name: `${name}/`, type: 'directory', mode },
});

/** A root file system of busybox, its applets and the few files that programs look for. */
export const busyboxLayer = (): LayerMembers => [
  directory('bin'),
  { entry: { name: 'bin/busybox', mode: 0o755 }, content: readFileSync(BUSYBOX) },
  ...APPLETS.map((name): TarMember => ({
    entry: { name: `bin/${name}`, type: 'symlink', linkName: 'busybox', mode: 0o777 },
  })),
  directory('dev'),
  directory('etc'),
  {
    entry: { name: 'etc/passwd' },
    content:
      'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
  },
  { entry: { name: 'etc/group' }, content: 'root:x:0:\ndaemon:x:1:\ntty:x:5:\nnogroup:x:65534:\n' },
  directory('home'),
  directory('proc'),
  directory('root', 0o700),
  directory('sys'),
  directory('tmp', 0o1777),
  directory('usr'),
  directory('var'),
];

/** A layer with one file, for images that shall differ. */
export const fileLayer = (name: string, content: Uint8Array | string): LayerMembers => [
  { entry: { name }, content },
];

export const buildImage = (spec: ImageSpec = {}): BuiltImage => {
  const layers = (spec.layers ?? [busyboxLayer()]).map((members) => {
    const tar = encodeTar(members);
    return { diffId: sha256(tar), tar };
  });
  const created = spec.created ?? '2024-01-01T00:00:00Z';
  const config = {
    architecture: spec.architecture ?? 'amd64',
    ...(spec.variant === undefined ? {} : { variant: spec.variant }),
    os: 'linux',
    created,
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: ['sh'],
      ...spec.config,
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map((_, index) => ({ created, created_by: `layer ${index}` })),
  };
  const bytes = Buffer.from(JSON.stringify(config));
  return { id: sha256(bytes), config: bytes, layers, tags: spec.tags ?? ['busybox:latest'] };
};

/** The image as a docker archive of today's layout: blobs by digest, `manifest.json` last. */
export const dockerArchive = (...images: readonly BuiltImage[]): Uint8Array => {
  const blob = (bytes: Uint8Array): TarMember => ({
    entry: { name: `blobs/sha256/${hexOf(sha256(bytes))}` },
    content: bytes,
  });
  const manifest = images.map((image) => ({
    Config: `blobs/sha256/${hexOf(image.id)}`,
    RepoTags: image.tags.length === 0 ? null : image.tags,
    Layers: image.layers.map((layer) => `blobs/sha256/${hexOf(layer.diffId)}`),
  }));
  const blobs = images.flatMap((image) => [image.config, ...image.layers.map((layer) => layer.tar)]);
  const members = [
    ...blobs.map(blob),
    { entry: { name: 'manifest.json' }, content: JSON.stringify(manifest) },
  ];
  return encodeTar(members);
};

/** A docker archive of the busybox image under `tags` (`busybox:latest` by default). */
export const busyboxArchive = (spec: ImageSpec = {}): Uint8Array => dockerArchive(buildImage(spec));
