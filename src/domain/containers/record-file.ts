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
  pointer,
  raw,
  slice,
  string,
  struct,
} from '../../base/go-json.ts';
import { parseId } from '../../base/ids.ts';
import { formatRfc3339Nano, parseRfc3339, type Timestamp, ZERO_TIME } from '../../base/time.ts';
import { containerConfig } from '../../spec/container-config.ts';
import { type ImageId, parseDigest } from '../../spec/digest.ts';
import { endpointRequest } from '../../spec/endpoint-settings.ts';
import { hostConfig as hostConfigCodec } from '../../spec/host-config.ts';
import type { Container, MountPoint } from './container.ts';
import type { Health, HealthStatus } from './health/health.ts';
import type { ContainerState } from './state.ts';

/*
 * A container's two documents on disk, in the shape in which dockerd keeps them, since log shippers and monitoring
 * agents read them. What only this engine knows stands under keys of its own.
 */

const healthFile = struct('Health', {
  status: string,
  failingStreak: int,
  log: slice(struct('HealthcheckResult', { start: string, end: string, exitCode: int, output: string })),
});

const stateFile = struct('State', {
  running: bool,
  paused: bool,
  restarting: bool,
  oomKilled: named('OOMKilled', bool),
  removalInProgress: bool,
  dead: bool,
  pid: int,
  exitCode: named('ExitCode', int),
  error: string,
  startedAt: string,
  finishedAt: string,
  health: omitEmpty(pointer(healthFile)),
});

const mountPointFile = struct('MountPoint', {
  source: string,
  destination: string,
  rw: named('RW', bool),
  name: string,
  driver: string,
  type: string,
  mode: string,
  propagation: string,
  relabel: string,
  skipMountpointCreation: bool,
  tmpfsOptions: omitEmpty(slice(string)),
  spec: omitEmpty(raw),
});

const endpointFile = embed(endpointRequest, struct('EndpointID', { networkID: string }));

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
  localLogCacheMeta: emptyStruct,
});

type RecordFile = Infer<typeof recordFile>;
type StateFile = Infer<typeof stateFile>;

const timeOr = (moment: Timestamp | undefined): string => formatRfc3339Nano(moment ?? ZERO_TIME);

const stateToFile = (state: ContainerState): StateFile => {
  const blank = {
    ...stateFile.zero,
    startedAt: timeOr(undefined),
    finishedAt: timeOr(undefined),
  };
  switch (state.status) {
    case 'created':
      return { ...blank, ...state.failure };
    case 'running':
    case 'paused':
      return {
        ...blank,
        running: true,
        paused: state.status === 'paused',
        pid: state.pid,
        oomKilled: state.oomKilled,
        startedAt: timeOr(state.startedAt),
        finishedAt: timeOr(state.previous?.finishedAt),
      };
    default: {
      const last = state.status === 'removing' || state.status === 'dead' ? state.last : state;
      return {
        ...blank,
        running: state.status === 'restarting',
        restarting: state.status === 'restarting',
        removalInProgress: state.status === 'removing',
        dead: state.status === 'dead',
        oomKilled: last?.oomKilled ?? false,
        exitCode: last?.exitCode ?? 0,
        error: last?.error ?? '',
        startedAt: timeOr(last?.startedAt),
        finishedAt: timeOr(last?.finishedAt),
      };
    }
  }
};

const timeIn = (text: string): Timestamp => parseRfc3339(text) ?? ZERO_TIME;

const stateFromFile = (file: StateFile, deadReason: string): ContainerState => {
  const startedAt = timeIn(file.startedAt);
  const finishedAt = timeIn(file.finishedAt);
  const outcome = { exitCode: file.exitCode, error: file.error, oomKilled: file.oomKilled };
  const ended = { ...outcome, startedAt, finishedAt };
  const everRan = startedAt !== ZERO_TIME;
  if (file.dead) return { status: 'dead', reason: deadReason, ...(everRan && { last: ended }) };
  if (file.removalInProgress) return { status: 'removing', ...(everRan && { last: ended }) };
  if (file.restarting) return { status: 'restarting', ...ended };
  if (file.running) {
    const previous = { exitCode: 0, error: '', oomKilled: false, startedAt: ZERO_TIME, finishedAt };
    return {
      status: file.paused ? 'paused' : 'running',
      pid: file.pid,
      startedAt,
      oomKilled: file.oomKilled,
      ...(finishedAt !== ZERO_TIME && { previous }),
    };
  }
  if (everRan) return { status: 'exited', ...ended };
  const failed = file.exitCode !== 0 || file.error !== '';
  return failed ? { status: 'created', failure: outcome } : { status: 'created' };
};

const healthToFile = (health: Health | undefined): StateFile['health'] =>
  health && {
    ...health,
    log: health.log.map((result) => ({
      ...result,
      start: formatRfc3339Nano(result.start),
      end: formatRfc3339Nano(result.end),
    })),
  };

const STATUSES: readonly HealthStatus[] = ['starting', 'healthy', 'unhealthy'];

const healthFromFile = (file: Infer<typeof healthFile>): Health => ({
  status: STATUSES.find((status) => status === file.status) ?? 'unhealthy',
  failingStreak: file.failingStreak,
  log: (file.log ?? []).map((result) => ({
    ...result,
    start: timeIn(result.start),
    end: timeIn(result.end),
  })),
});

type MountPointFile = Infer<typeof mountPointFile>;

const mountPointToFile = (point: MountPoint): MountPointFile => ({
  source: point.source,
  destination: point.destination,
  rw: point.readWrite,
  name: point.name,
  driver: point.driver,
  type: point.type,
  mode: point.mode,
  propagation: point.propagation,
  relabel: '',
  skipMountpointCreation: !point.createSource,
  tmpfsOptions: point.tmpfsOptions,
  spec: {
    Type: point.type,
    Source: point.source,
    Target: point.destination,
    ReadOnly: !point.readWrite,
    ...(point.nonRecursive === true && { BindOptions: { NonRecursive: true } }),
  },
});

const isNonRecursive = (spec: unknown): boolean =>
  (spec as { BindOptions?: { NonRecursive?: boolean } } | undefined)?.BindOptions?.NonRecursive === true;

const mountPointFromFile = (file: MountPointFile): MountPoint => ({
  type: file.type as MountPoint['type'],
  name: file.name,
  source: file.source,
  destination: file.destination,
  driver: file.driver,
  mode: file.mode,
  readWrite: file.rw,
  propagation: file.propagation,
  createSource: !file.skipMountpointCreation,
  ...(isNonRecursive(file.spec) && { nonRecursive: true }),
  ...(file.tmpfsOptions && { tmpfsOptions: file.tmpfsOptions }),
});

/** `config.v2.json` of a container. `logPath` is where its json-file log lies, or empty; `driver` stores its layers. */
export const encodeRecord = (
  container: Container,
  facts: { readonly logPath: string; readonly driver: string },
): object => {
  const networks = Object.entries(container.endpoints).map(([name, request]) => [
    name,
    { ...request, networkID: container.networkIds[name] ?? '' },
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
    localLogCacheMeta: {},
  };
  return recordFile.encode(file) as object;
};

/** `hostconfig.json` of a container. */
export const encodeHostConfig = (container: Container): object =>
  hostConfigCodec.encode(container.hostConfig) as object;

const corrupt = (why: string): EngineError => new EngineError('internal', `the record is corrupt: ${why}`);

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
    endpoints: Object.fromEntries(networks.map(([name, { networkID: _, ...request }]) => [name, request])),
    networkIds: Object.fromEntries(networks.map(([name, { networkID }]) => [name, networkID])),
    appArmorProfile: file.appArmorProfile,
  };
};
