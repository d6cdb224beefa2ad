// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { ContainerConfig } from '../../spec/container-config.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import { followDataRoot } from './data-root-mounts.ts';
import { type MountMode, parseMountMode } from './mount-mode.ts';
import { planMount } from './mount-requests.ts';
import { cleanPath, type PlannedMount } from './planned-mount.ts';

const DEFAULT_PROPAGATION = 'rprivate';

const internal = (text: string): EngineError => new EngineError('internal', text);

const refuseBind = (spec: string, type: string, why: string): EngineError =>
  internal(`invalid volume specification: '${spec}': invalid mount config for type "${type}": ${why}`);

/** Words that make sense for the other kind of mount alone. */
const checkKind = (spec: string, type: 'bind' | 'volume', { noCopy, propagation }: MountMode): void => {
  if (type === 'bind' && noCopy) throw refuseBind(spec, type, 'field VolumeOptions must not be specified');
  if (type === 'volume' && propagation !== '')
    throw refuseBind(spec, type, 'field BindOptions must not be specified');
};

const checkDestination = (spec: string, type: string, destination: string): string => {
  const refused = (why: string): EngineError => refuseBind(spec, type, why);
  if (destination === '') throw refused('field Target must not be empty');
  if (!destination.startsWith('/'))
    throw refused(`invalid mount path: '${destination}' mount path must be absolute`);
  const clean = cleanPath(destination);
  if (clean === '/') throw refused("invalid specification: destination can't be '/'");
  return clean;
};

/** Splits `[source:]destination[:mode]`. */
const splitBind = (spec: string): { source: string; destination: string; mode: string } => {
  const parts = spec.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length > 3 || first === '') throw internal(`invalid volume specification: '${spec}'`);
  if (parts.length === 1) return { source: '', destination: first, mode: '' };
  if (parts.length === 3) return { source: first, destination: second, mode: third };
  // A lone destination takes no mode.
  if (parseMountMode(second)) throw internal(`invalid volume specification: '${spec}'`);
  return { source: first, destination: second, mode: '' };
};

/** One entry of `Binds`. @throws internal in Docker's words, which answers bad binds with a 500 */
const planBind = (spec: string, volumeDriver: string): PlannedMount => {
  const { source, destination, mode } = splitBind(spec);
  const parsed = parseMountMode(mode);
  if (!parsed) throw internal(`invalid mode: ${mode}`);
  const type = source.startsWith('/') ? 'bind' : 'volume';
  const common = {
    type,
    destination: checkDestination(spec, type, destination),
    readWrite: !parsed.readOnly,
  } as const;
  checkKind(spec, type, parsed);
  if (type === 'bind') {
    return {
      ...common,
      name: '',
      source: cleanPath(source),
      driver: '',
      mode,
      propagation: parsed.propagation || DEFAULT_PROPAGATION,
      createSource: true,
      anonymous: false,
      copyUp: false,
    };
  }
  return {
    ...common,
    name: source,
    source: '',
    driver: volumeDriver,
    mode: mode || 'z',
    propagation: '',
    createSource: false,
    anonymous: source === '',
    copyUp: !parsed.noCopy,
  };
};

const planConfigVolume = (destination: string, volumeDriver: string): PlannedMount => ({
  type: 'volume',
  name: '',
  source: '',
  // Nothing is wrong with it before the start.
  destination: cleanPath(destination),
  driver: volumeDriver,
  mode: '',
  readWrite: true,
  propagation: '',
  createSource: false,
  anonymous: true,
  copyUp: true,
});

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const tmpfsDestinations = (hostConfig: HostConfig): readonly string[] =>
  Object.keys(hostConfig.tmpfs ?? {}).map((destination) => {
    if (!destination.startsWith('/'))
      throw invalid(`invalid mount path: '${destination}' mount path must be absolute`);
    const clean = cleanPath(destination);
    if (clean === '/') throw invalid("invalid specification: destination can't be '/'");
    return clean;
  });

const checkDuplicates = (destinations: readonly string[], requests: HostConfig['mounts']): void => {
  const seen = new Set<string>();
  // A mount is told as it was written, a bind as it was read.
  const written = new Map((requests ?? []).map(({ target }) => [cleanPath(target), target]));
  for (const destination of destinations) {
    if (seen.has(destination))
      throw invalid(`Duplicate mount point: ${written.get(destination) ?? destination}`);
    seen.add(destination);
  }
};

/**
 * What is to be mounted in the container, from `Binds` and `Mounts`, from other containers (`inherited`) and from the
 * configuration's `Volumes`; at one destination the earlier of these three wins. `Tmpfs` is checked against them but stays where it is.
 * @throws internal for a bad bind; invalid-argument for a bad mount and for a destination that comes twice
 */
export const planMounts = (
  config: Pick<ContainerConfig, 'volumes'>,
  hostConfig: HostConfig,
  dataRoot: string,
  inherited: readonly PlannedMount[] = [],
): readonly PlannedMount[] => {
  const asked = [
    ...(hostConfig.binds ?? []).map((spec) => {
      const mount = planBind(spec, hostConfig.volumeDriver);
      return followDataRoot(mount, parseMountMode(mount.mode)?.propagation ?? '', dataRoot);
    }),
    ...(hostConfig.mounts ?? []).map((request) =>
      followDataRoot(planMount(request), request.bindOptions?.propagation ?? '', dataRoot),
    ),
  ];
  const memory = new Set(tmpfsDestinations(hostConfig));
  const taken = [...asked.map((mount) => mount.destination), ...memory];
  checkDuplicates(taken, hostConfig.mounts);
  const kept = inherited.filter((mount) => !taken.includes(mount.destination));
  const covered = new Set([...taken, ...kept.map((mount) => mount.destination)]);
  const rest = Object.keys(config.volumes ?? {})
    .map((destination) => planConfigVolume(destination, hostConfig.volumeDriver))
    .filter((mount) => !covered.has(mount.destination));
  return [...asked, ...kept, ...rest];
};
