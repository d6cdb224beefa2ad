// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import {
  bool,
  decodeDocument,
  embed,
  emptyStruct,
  type Infer,
  int,
  map,
  named,
  omitEmpty,
  raw,
  slice,
  string,
  struct,
} from '../../base/go-json.ts';
import { parseId } from '../../base/ids.ts';
import { formatRfc3339Nano } from '../../base/time.ts';
import { containerConfig } from '../../spec/container-config.ts';
import { type ImageId, parseDigest } from '../../spec/digest.ts';
import { endpointRequest } from '../../spec/endpoint-settings.ts';
import { hostConfig as hostConfigCodec } from '../../spec/host-config.ts';
import type { Container } from './container.ts';
import { mountPointFile, mountPointFromFile, mountPointToFile } from './record-mounts.ts';
import {
  healthFromFile,
  healthToFile,
  stateFile,
  stateFromFile,
  stateToFile,
  timeIn,
} from './record-state.ts';

/*
 * A container's two documents on disk, in the shape in which dockerd keeps them, since log shippers and monitoring
 * agents read them. What only this engine knows stands under keys of its own.
 */

const endpointFile = embed(
  endpointRequest,
  struct('EndpointID', {
    networkID: string,
    ipAddress: named('IPAddress', string),
    globalIPv6Address: string,
  }),
);

const linkFile = struct('Link', { child: string, name: string, alias: string });

const recordFile = struct('Container', {
  state: stateFile,
  id: named('ID', string),
  created: string,
  managed: bool,
  path: string,
  args: slice(string),
  config: containerConfig,
  image: string,
  networkSettings: struct('NetworkSettings', { networks: map(endpointFile) }),
  logPath: string,
  name: string,
  driver: string,
  os: named('OS', string),
  restartCount: int,
  hasBeenStartedBefore: bool,
  hasBeenManuallyStopped: bool,
  mountPoints: map(mountPointFile),
  mountLabel: string,
  processLabel: string,
  appArmorProfile: string,
  secretReferences: slice(raw),
  configReferences: slice(raw),
  berthSchema: int,
  berthDeadReason: omitEmpty(string),
  berthLinks: omitEmpty(slice(linkFile)),
  localLogCacheMeta: emptyStruct,
});

type RecordFile = Infer<typeof recordFile>;
const addressesFromFile = (
  networks: readonly (readonly [string, Infer<typeof endpointFile>])[],
): Pick<Container, 'addresses'> => {
  const known = networks.filter(
    ([, { ipAddress, globalIPv6Address }]) => ipAddress + globalIPv6Address !== '',
  );
  const addresses = known.map(([name, { ipAddress: ipv4Address, globalIPv6Address: ipv6Address }]) => [
    name,
    { ipv4Address, ipv6Address },
  ]);
  return known.length === 0 ? {} : { addresses: Object.fromEntries(addresses) };
};

/** `config.v2.json` of a container. `logPath` is where its json-file log lies, or empty; `driver` stores its layers. */
export const encodeRecord = (
  container: Container,
  facts: { readonly logPath: string; readonly driver: string },
): object => {
  const networks = Object.entries(container.endpoints).map(([name, request]) => [
    name,
    {
      ...request,
      networkID: container.networkIds[name] ?? '',
      ipAddress: container.addresses?.[name]?.ipv4Address ?? '',
      globalIPv6Address: container.addresses?.[name]?.ipv6Address ?? '',
    },
  ]);
  const file: RecordFile = {
    state: { ...stateToFile(container.state), health: healthToFile(container.health) },
    id: container.id,
    created: formatRfc3339Nano(container.created),
    managed: false,
    path: container.path,
    args: container.args,
    config: container.config,
    image: container.imageId,
    networkSettings: { networks: Object.fromEntries(networks) as RecordFile['networkSettings']['networks'] },
    logPath: facts.logPath,
    name: `/${container.name}`,
    driver: facts.driver,
    os: 'linux',
    restartCount: container.restartCount,
    hasBeenStartedBefore: container.hasBeenStarted,
    hasBeenManuallyStopped: container.manuallyStopped,
    mountPoints: Object.fromEntries(
      container.mountPoints.map((point) => [point.destination, mountPointToFile(point)]),
    ),
    mountLabel: '',
    processLabel: '',
    appArmorProfile: container.appArmorProfile,
    secretReferences: [],
    configReferences: [],
    berthSchema: container.schema,
    berthDeadReason: container.state.status === 'dead' ? container.state.reason : '',
    berthLinks: container.links ?? [],
    localLogCacheMeta: {},
  };
  return recordFile.encode(file) as object;
};

/** `hostconfig.json` of a container. */
export const encodeHostConfig = (container: Container): object =>
  hostConfigCodec.encode(container.hostConfig) as object;

const corrupt = (why: string): EngineError => new EngineError('internal', `the record is corrupt: ${why}`);

/** Links without the ones whose child is no id: they could lead nowhere. */
const linksFromFile = (links: RecordFile['berthLinks']): Pick<Container, 'links'> => {
  const read = (links ?? []).flatMap(({ child, name, alias }) => {
    const id = parseId<Container['id']>(child);
    return id === undefined ? [] : [{ child: id, name, alias }];
  });
  return read.length > 0 ? { links: read } : {};
};

/** The container of two documents found under directory `id`. @throws internal when they are no record of it */
export const decodeRecord = (id: string, config: unknown, hostConfig: unknown): Container => {
  const file = decodeDocument(recordFile, config);
  const containerId = parseId<Container['id']>(file.id);
  const imageId = file.image === '' ? ('' as ImageId) : parseDigest(file.image);
  if (containerId === undefined || file.id !== id) throw corrupt('its id is not that of its directory');
  if (imageId === undefined) throw corrupt('its image is no digest');
  if (file.berthSchema !== 1) throw corrupt('its schema is unknown');
  if (typeof hostConfig !== 'object' || hostConfig === null) throw corrupt('its host configuration is empty');
  const networks = Object.entries(file.networkSettings.networks ?? {});
  return {
    schema: 1,
    id: containerId,
    name: file.name.replace(/^\//, ''),
    created: timeIn(file.created),
    path: file.path,
    args: file.args ?? [],
    config: file.config,
    hostConfig: decodeDocument(hostConfigCodec, hostConfig),
    imageId: imageId as ImageId,
    platform: file.os,
    state: stateFromFile(file.state, file.berthDeadReason),
    ...(file.state.health && { health: healthFromFile(file.state.health) }),
    restartCount: file.restartCount,
    hasBeenStarted: file.hasBeenStartedBefore,
    manuallyStopped: file.hasBeenManuallyStopped,
    mountPoints: Object.values(file.mountPoints ?? {}).map(mountPointFromFile),
    ...linksFromFile(file.berthLinks),
    endpoints: Object.fromEntries(
      networks.map(([name, { networkID: _, ipAddress: _four, globalIPv6Address: _six, ...request }]) => [
        name,
        request,
      ]),
    ),
    ...addressesFromFile(networks),
    networkIds: Object.fromEntries(
      networks.flatMap(([name, { networkID }]) => (networkID === '' ? [] : [[name, networkID]])),
    ),
    appArmorProfile: file.appArmorProfile,
  };
};
