// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano, unixSeconds, ZERO_TIME } from '../../base/time.ts';
import type { DeletedImage, HistoryEntry, Image } from '../../domain/images/index.ts';
import { containerConfig } from '../../spec/container-config.ts';
import type { ApiVersion } from '../version.ts';

/** Keys of an image's configuration that are always there. Source: Engine API 1.51, `ImageConfig`. */
const ALWAYS = ['Cmd', 'Entrypoint', 'Env', 'Labels', 'OnBuild', 'User', 'Volumes', 'WorkingDir'];
/** Those that are there when they say something. */
const SOMETIMES = ['ExposedPorts', 'Healthcheck', 'Shell', 'StopSignal', 'ArgsEscaped'];
/** A container's keys, which images showed, too, up to API 1.49. */
const BEFORE_50 = [
  'AttachStderr',
  'AttachStdin',
  'AttachStdout',
  'Domainname',
  'Hostname',
  'Image',
  'OpenStdin',
  'StdinOnce',
  'Tty',
];

const configBody = (image: Image, api: ApiVersion): object => {
  const all = containerConfig.encode(image.config) as Readonly<Record<string, unknown>>;
  const keys = [...(api < 50 ? BEFORE_50 : []), ...ALWAYS, ...SOMETIMES];
  const entries = keys.filter((key) => key in all).map((key) => [key, all[key]] as const);
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
};

const createdBody = ({ created }: Image, api: ApiVersion): object => {
  if (created === undefined) return api >= 44 ? {} : { Created: formatRfc3339Nano(ZERO_TIME) };
  return { Created: formatRfc3339Nano(created) };
};

/** Engine API, `ImageInspect`. `driver` names the store that holds the layers. */
export const imageBody = (image: Image, driver: string, api: ApiVersion): object => ({
  Id: image.id,
  RepoTags: image.repoTags,
  RepoDigests: image.repoDigests,
  Parent: image.parent ?? '',
  Comment: image.comment,
  ...createdBody(image, api),
  ...(api < 45 ? { Container: '', ContainerConfig: containerConfig.encode(containerConfig.zero) } : {}),
  DockerVersion: image.dockerVersion,
  Author: image.author,
  Architecture: image.platform.architecture,
  ...(image.platform.variant === undefined ? {} : { Variant: image.platform.variant }),
  Os: image.platform.os,
  ...(image.platform.osVersion === undefined ? {} : { OsVersion: image.platform.osVersion }),
  Size: image.size,
  ...(api < 44 ? { VirtualSize: image.size } : {}),
  GraphDriver: { Data: null, Name: driver },
  RootFS: { Type: 'layers', ...(image.diffIds.length === 0 ? {} : { Layers: image.diffIds }) },
  Metadata: { LastTagTime: formatRfc3339Nano(image.lastTagged ?? ZERO_TIME) },
  Config: configBody(image, api),
});

/** Up to API 1.42 an image without a name showed one. */
const namesOf = (
  image: Image,
  api: ApiVersion,
): { readonly tags: readonly string[]; readonly digests: readonly string[] | null } => {
  const { repoTags: tags, repoDigests: digests } = image;
  if (api >= 43) return { tags, digests };
  if (tags.length === 0 && digests.length === 0)
    return { tags: ['<none>:<none>'], digests: ['<none>@<none>'] };
  return { tags, digests: digests.length === 0 ? null : digests };
};

/** Engine API, `ImageSummary`. `holders` is how many containers use the image. */
export const listedImageBody = (image: Image, holders: number, api: ApiVersion): object => {
  const { tags, digests } = namesOf(image, api);
  return {
    Containers: api >= 51 ? holders : -1,
    Created: image.created === undefined ? 0 : unixSeconds(image.created),
    Id: image.id,
    Labels: image.config.labels ?? null,
    ParentId: image.parent ?? '',
    RepoDigests: digests,
    RepoTags: tags,
    SharedSize: -1,
    Size: image.size,
    ...(api < 44 ? { VirtualSize: image.size } : {}),
  };
};

const historyRow = (entry: HistoryEntry, id: string, tags: readonly string[] | null): object => ({
  Comment: entry.comment,
  Created: entry.created === undefined ? 0 : unixSeconds(entry.created),
  CreatedBy: entry.createdBy,
  Id: id,
  Size: entry.size,
  Tags: tags,
});

/** Engine API, `HistoryResponseItem[]`, newest first. `made` are the image and those it was made from here, each one step down. */
export const historyBody = (made: readonly [Image, ...Image[]]): readonly object[] =>
  made[0].history.toReversed().map((entry, index) => {
    const image = made[index];
    if (!image) return historyRow(entry, '<missing>', null);
    return historyRow(entry, image.id, image.repoTags.length === 0 ? null : image.repoTags);
  });

/** Engine API, `ImageDeleteResponseItem[]`. */
export const deletedBody = (rows: readonly DeletedImage[]): readonly object[] =>
  rows.map((row) => ('untagged' in row ? { Untagged: row.untagged } : { Deleted: row.deleted }));
