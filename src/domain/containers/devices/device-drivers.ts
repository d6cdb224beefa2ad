// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { ContainerEdits } from '../../../spec/cdi.ts';
import type { DeviceRequest } from '../../../spec/host-config.ts';
import type { RuntimeSpec } from '../../../spec/oci-runtime.ts';
import { type CdiDevice, findCdiDevices } from './cdi-devices.ts';
import { applyEdits, type LookAtDevice } from './container-edits.ts';

/** What device requests are answered with. */
export interface DeviceDeps {
  /** The absolute path of a program of the host. */
  readonly findProgram: (name: string) => string | undefined;
  readonly cdiSpecDirectories: readonly string[];
  /** Whether devices described by CDI are given at all. */
  readonly cdi: boolean;
  readonly look: LookAtDevice;
  readonly warn: (errors: readonly string[]) => void;
}

type Injection = (deps: DeviceDeps, spec: RuntimeSpec, request: DeviceRequest, hook: string) => RuntimeSpec;

/** A vendor's driver: there when its program is. Source: containers.md, `DeviceRequests`. */
interface VendorDriver {
  readonly program: string;
  readonly capabilities: ReadonlySet<string>;
  readonly inject: Injection;
}

const DRIVER_CAPABILITIES = new Set(['compute', 'compat32', 'graphics', 'utility', 'video', 'display']);

const refuse = (text: string): EngineError => new EngineError('invalid-argument', text);

/** The devices asked for, in the words of the vendors' runtimes. */
const visibleDevices = ({ count, deviceIDs }: DeviceRequest): string => {
  const listed = deviceIDs ?? [];
  if (count !== 0 && listed.length > 0) throw refuse('cannot set both Count and DeviceIDs on device request');
  if (listed.length > 0) return listed.join(',');
  if (count < 0) return 'all';
  return count === 0 ? 'void' : Array.from({ length: count }, (_, index) => index).join(',');
};

/** The first set of capabilities all of which the driver has. */
const matching = (
  { capabilities }: Pick<VendorDriver, 'capabilities'>,
  request: DeviceRequest,
): readonly string[] | undefined =>
  (request.capabilities ?? []).find((set) => (set ?? []).every((each) => capabilities.has(each))) ??
  undefined;

const addEnv = (spec: RuntimeSpec, ...added: readonly string[]): RuntimeSpec => {
  const { env } = spec.process;
  return { ...spec, process: { ...spec.process, env: [...env, ...added] } };
};

const NVIDIA: VendorDriver = {
  program: 'nvidia-container-runtime-hook',
  capabilities: new Set(['gpu', 'nvidia', ...DRIVER_CAPABILITIES]),
  inject: (_, spec, request, hook) => {
    const wanted = (matching(NVIDIA, request) ?? []).filter((each) => DRIVER_CAPABILITIES.has(each));
    const named = addEnv(
      spec,
      `NVIDIA_VISIBLE_DEVICES=${visibleDevices(request)}`,
      ...(wanted.length > 0 ? [`NVIDIA_DRIVER_CAPABILITIES=${wanted.join(',')}`] : []),
    );
    const prestart = [...(spec.hooks?.prestart ?? []), { path: hook, args: [NVIDIA.program, 'prestart'] }];
    return { ...named, hooks: { ...spec.hooks, prestart } };
  },
};

const AMD: VendorDriver = {
  program: 'amd-container-runtime',
  capabilities: new Set(['gpu', 'amd']),
  inject: (_, spec, request) => addEnv(spec, `AMD_VISIBLE_DEVICES=${visibleDevices(request)}`),
};

const VENDORS: Readonly<Record<string, VendorDriver>> = { nvidia: NVIDIA, amd: AMD };

const injectCdi = (deps: DeviceDeps, spec: RuntimeSpec, request: DeviceRequest): RuntimeSpec => {
  if (request.count !== 0) throw refuse('unexpected count in CDI device request');
  if (Object.keys(request.options ?? {}).length > 0) throw refuse('unexpected options in CDI device request');
  const names = request.deviceIDs ?? [];
  if (names.length === 0) return spec;
  const { byName, errors } = findCdiDevices(deps.cdiSpecDirectories);
  const missing = names.filter((name) => !byName.has(name));
  if (missing.length > 0) {
    if (errors.length > 0) deps.warn(errors);
    throw new EngineError(
      'internal',
      `CDI device injection failed: unresolvable CDI devices ${missing.join(', ')}`,
    );
  }
  try {
    return editsOf(names.flatMap((name) => byName.get(name) ?? [])).reduce(
      (edited, edits) => applyEdits(edited, edits, deps.look),
      spec,
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : '';
    throw new EngineError('internal', `CDI device injection failed: ${reason}`, { cause });
  }
};

/** What a document says for all its devices comes once, before the first of them. */
const editsOf = (devices: readonly CdiDevice[]): readonly ContainerEdits[] => {
  const seen = new Set<string>();
  return devices.flatMap(({ document, spec, edits }) => {
    if (seen.has(document)) return [edits];
    seen.add(document);
    return [spec.containerEdits, edits];
  });
};

const noDriver = ({ driver, capabilities }: DeviceRequest): EngineError => {
  const sets = (capabilities ?? []).map((set) => `[${(set ?? []).join(' ')}]`).join(' ');
  return new EngineError(
    'internal',
    `could not select device driver ${JSON.stringify(driver)} with capabilities: [${sets}]`,
  );
};

const injectOne = (deps: DeviceDeps, spec: RuntimeSpec, request: DeviceRequest): RuntimeSpec => {
  if (request.driver === 'cdi' && deps.cdi) return injectCdi(deps, spec, request);
  const named = Object.hasOwn(VENDORS, request.driver) ? VENDORS[request.driver] : undefined;
  const candidates = request.driver === '' ? Object.values(VENDORS) : named ? [named] : [];
  for (const candidate of candidates) {
    const program = deps.findProgram(candidate.program);
    if (program !== undefined && matching(candidate, request))
      return candidate.inject(deps, spec, request, program);
  }
  throw noDriver(request);
};

/**
 * The spec with the devices that a container requests: GPUs by their vendors' programs, others as CDI documents describe them.
 * @throws internal (Docker answers 500) when no driver can serve a request; invalid-argument for a contradicting one
 */
export const injectDevices = (
  deps: DeviceDeps,
  spec: RuntimeSpec,
  requests: readonly DeviceRequest[],
): RuntimeSpec => requests.reduce((edited, request) => injectOne(deps, edited, request), spec);
