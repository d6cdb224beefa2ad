// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { MountRequest } from '../../spec/host-config.ts';
import { isLocalPath } from './local-path.ts';
import { PROPAGATIONS } from './mount-mode.ts';
import { cleanPath, type PlannedMount } from './planned-mount.ts';

const refuse = (request: MountRequest, why: string): EngineError =>
  new EngineError('invalid-argument', `invalid mount config for type "${request.type}": ${why}`);

const checkTarget = (request: MountRequest): string => {
  const target = request.target;
  if (target === '') throw refuse(request, 'field Target must not be empty');
  if (!target.startsWith('/'))
    throw refuse(request, `invalid mount path: '${target}' mount path must be absolute`);
  if (cleanPath(target) === '/') throw refuse(request, "invalid specification: destination can't be '/'");
  return cleanPath(target);
};

type Options = 'bindOptions' | 'volumeOptions' | 'tmpfsOptions' | 'imageOptions';

const refuseOptions = (request: MountRequest, ...options: readonly Options[]): void => {
  for (const option of options) {
    const field = `${option.charAt(0).toUpperCase()}${option.slice(1)}`;
    if (request[option]) throw refuse(request, `field ${field} must not be specified`);
  }
};

const common = (
  request: MountRequest,
): Pick<PlannedMount, 'destination' | 'mode' | 'readWrite' | 'createSource' | 'anonymous' | 'copyUp'> => ({
  destination: checkTarget(request),
  mode: '',
  readWrite: !request.readOnly,
  createSource: false,
  anonymous: false,
  copyUp: false,
});

const planBind = (request: MountRequest): PlannedMount => {
  const shared = common(request);
  refuseOptions(request, 'volumeOptions', 'imageOptions', 'tmpfsOptions');
  if (request.source === '') throw refuse(request, 'field Source must not be empty');
  if (!request.source.startsWith('/'))
    throw refuse(request, `invalid mount path: '${request.source}' mount path must be absolute`);
  const propagation = request.bindOptions?.propagation ?? '';
  if (propagation !== '' && !PROPAGATIONS.has(propagation))
    throw refuse(request, `invalid propagation mode: ${propagation}`);
  return {
    ...shared,
    type: 'bind',
    name: '',
    source: cleanPath(request.source),
    driver: '',
    propagation: propagation || 'rprivate',
    createSource: request.bindOptions?.createMountpoint ?? false,
    ...(request.bindOptions?.nonRecursive && { nonRecursive: true }),
    ...(request.bindOptions?.readOnlyNonRecursive && { readOnlyNonRecursive: true }),
  };
};

/** A path inside a volume or image, when one is asked for. */
const subpathOf = (request: MountRequest, subpath = ''): { readonly subpath?: string } => {
  if (subpath === '') return {};
  if (!isLocalPath(subpath)) throw refuse(request, 'subpath must be a relative path within the volume');
  return { subpath };
};

const planVolume = (request: MountRequest): PlannedMount => {
  const shared = common(request);
  refuseOptions(request, 'bindOptions', 'imageOptions');
  const anonymous = request.source === '';
  const options = request.volumeOptions;
  if (anonymous && (options?.subpath ?? '') !== '')
    throw refuse(request, 'must not set Subpath when using anonymous volumes');
  const subpath = subpathOf(request, options?.subpath);
  if (anonymous && request.readOnly)
    throw refuse(request, 'must not set ReadOnly mode when using anonymous volumes');
  return {
    ...shared,
    ...subpath,
    type: 'volume',
    name: request.source,
    source: '',
    driver: options?.driverConfig?.name ?? '',
    mode: 'z',
    propagation: '',
    anonymous,
    copyUp: !(options?.noCopy ?? false),
    ...(options?.labels && { volumeLabels: options.labels }),
    ...(options?.driverConfig?.options && { volumeOptions: options.driverConfig.options }),
  };
};

/** The words a tmpfs may be mounted with: size in bytes, octal permissions, `exec` and `noexec`. */
const tmpfsOptions = (request: MountRequest): readonly string[] => {
  const { sizeBytes = 0, mode = 0, options = [] } = request.tmpfsOptions ?? {};
  const words = options.map((pair) => {
    const word = (pair ?? []).join('=');
    if (word !== 'exec' && word !== 'noexec') throw refuse(request, `invalid option: "${word}"`);
    return word;
  });
  return [
    ...words,
    ...(sizeBytes > 0 ? [`size=${sizeBytes}`] : []),
    ...(mode > 0 ? [`mode=${mode.toString(8)}`] : []),
  ];
};

const planTmpfs = (request: MountRequest): PlannedMount => {
  const shared = common(request);
  refuseOptions(request, 'bindOptions', 'imageOptions');
  if (request.source !== '') throw refuse(request, 'field Source must not be specified');
  return {
    ...shared,
    type: 'tmpfs',
    name: '',
    source: '',
    driver: '',
    propagation: '',
    tmpfsOptions: tmpfsOptions(request),
  };
};

const planImage = (request: MountRequest): PlannedMount => {
  const shared = common(request);
  refuseOptions(request, 'bindOptions', 'volumeOptions', 'tmpfsOptions');
  if (request.source === '') throw refuse(request, 'field Source must not be empty');
  return {
    ...shared,
    ...subpathOf(request, request.imageOptions?.subpath),
    type: 'image',
    name: request.source,
    source: '',
    driver: '',
    propagation: 'rprivate',
    readWrite: false,
  };
};

const PLANS: Readonly<Record<string, (request: MountRequest) => PlannedMount>> = {
  bind: planBind,
  volume: planVolume,
  tmpfs: planTmpfs,
  image: planImage,
};

/** One entry of `Mounts`. @throws invalid-argument in Docker's words */
export const planMount = (request: MountRequest): PlannedMount => {
  checkTarget(request);
  const plan = Object.hasOwn(PLANS, request.type) ? PLANS[request.type] : undefined;
  if (!plan) throw refuse(request, 'mount type unknown');
  return plan(request);
};
