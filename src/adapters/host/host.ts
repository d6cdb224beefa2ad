// SPDX-License-Identifier: Apache-2.0
import { cpus, hostname, machine, release, totalmem } from 'node:os';
import { EngineError } from '../../base/errors.ts';
import { servesX32 } from '../../sys/x32.ts';
import { type CgroupLayout, findCgroups } from './cgroups.ts';
import { type HostFiles, hostFiles } from './files.ts';
import { findLimits, type Limits } from './limits.ts';

/** What the machine is and can do; probed once, when the daemon starts. */
export interface Host {
  readonly name: string;
  /** `6.1.0-18-amd64` */
  readonly kernelRelease: string;
  readonly kernelVersion: readonly [major: number, minor: number];
  /** `Debian GNU/Linux 12 (bookworm)`; empty when nobody knows. */
  readonly operatingSystem: string;
  readonly osVersion: string;
  /** uname's word: `x86_64`. */
  readonly machine: string;
  /** Go's word: `amd64`. */
  readonly architecture: string;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  /** Nodes of memory that are online, as the kernel lists them: `0-1`. */
  readonly memoryNodes: string;
  readonly cgroups: CgroupLayout;
  readonly limits: Limits;
  readonly systemd: boolean;
  readonly seccomp: boolean;
  /** Whether x32 programs run here. */
  readonly x32: boolean;
  readonly appArmor: boolean;
  /** Whether the kernel has the profile for containers (`docker-default`). */
  readonly appArmorDefault: boolean;
  /** Directories that count how often processors were slowed down for their heat, of those there are. */
  readonly throttlePaths: readonly string[];
  /** How the kernel's overlay works on directories and attributes, by its module's parameters. */
  readonly overlay: { readonly metacopy: boolean; readonly redirects: boolean };
  /** The hard limit of open files of this process. */
  readonly openFilesLimit: number;
  /** `CapEff` of this process. */
  readonly capabilityMask: bigint;
}

/** Go's names of machines. Source: the platforms Go builds for. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  armv6l: 'arm',
  i686: '386',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

/** The oldest kernel that containers run on. */
const OLDEST_KERNEL = [3, 10] as const;

const unsupported = (message: string): EngineError => new EngineError('unavailable', message);

const parseKernel = (text: string): readonly [number, number] => {
  const [major = '0', minor = '0'] = text.split(/[.-]/);
  const version = [Number.parseInt(major, 10), Number.parseInt(minor, 10)] as const;
  const isOld =
    version[0] < OLDEST_KERNEL[0] || (version[0] === OLDEST_KERNEL[0] && version[1] < OLDEST_KERNEL[1]);
  if (isOld) throw unsupported(`Linux ${text} is too old: kernel 3.10 or later is needed`);
  return version;
};

const field = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}=["']?(.*?)["']?$`, 'm').exec(text)?.[1];

const osRelease = (files: HostFiles): Pick<Host, 'operatingSystem' | 'osVersion'> => {
  const text = files.text('/etc/os-release') ?? files.text('/usr/lib/os-release') ?? '';
  const name = field(text, 'PRETTY_NAME') ?? 'Linux';
  const contained = files.exists('/.dockerenv') ? ' (containerized)' : '';
  return { operatingSystem: name + contained, osVersion: field(text, 'VERSION_ID') ?? '' };
};

const requireCgroups = (files: HostFiles): CgroupLayout => {
  const layout = findCgroups(files);
  if (!layout)
    throw unsupported(
      'no cgroups are mounted: mount cgroup v2 at /sys/fs/cgroup, or the v1 controllers beneath it',
    );
  if (!layout.mounts.has('memory') && !layout.mounts.has('pids') && !layout.mounts.has('cpu'))
    throw unsupported(
      'no cgroup controller is available: neither cpu, memory nor pids is mounted or enabled',
    );
  if (layout.version === '1' && !layout.mounts.has('devices'))
    throw unsupported("Devices cgroup isn't mounted");
  return layout;
};

const requireOverlay = (files: HostFiles): void => {
  const known = files.text('/proc/filesystems') ?? '';
  if (!/\boverlay$/m.test(known) && !files.exists('/sys/module/overlay'))
    throw unsupported('the kernel has no overlay file system: load the module overlay (modprobe overlay)');
};

const overlayOf = (files: HostFiles): Host['overlay'] => {
  const isOn = (parameter: string): boolean =>
    files.text(`/sys/module/overlay/parameters/${parameter}`)?.startsWith('Y') ?? false;
  return { metacopy: isOn('metacopy'), redirects: isOn('redirect_dir') };
};

/** Source: sysfs-devices-system-cpu, "thermal_throttle". */
const throttlePathsOf = (files: HostFiles): readonly string[] =>
  cpus()
    .map((_, index) => `/sys/devices/system/cpu/cpu${index}/thermal_throttle`)
    .filter((path) => files.exists(path));

const memoryOf = (files: HostFiles): number => {
  const kib = /^MemTotal:\s+(\d+) kB$/m.exec(files.text('/proc/meminfo') ?? '')?.[1];
  return kib === undefined ? totalmem() : Number(kib) * 1024;
};

/** A hard limit without end. */
const NO_LIMIT = 1_048_576;

const openFiles = (files: HostFiles): number => {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(files.text('/proc/self/limits') ?? '')?.[1];
  return hard === undefined || hard === 'unlimited' ? NO_LIMIT : Number(hard);
};

const statusField = (files: HostFiles, name: string): string | undefined =>
  new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(files.text('/proc/self/status') ?? '')?.[1];

/** Probes the machine. @throws unavailable, with what to do about it, where containers cannot run */
export const probeHost = (files: HostFiles = hostFiles): Host => {
  const kernelRelease = files.text('/proc/sys/kernel/osrelease')?.trim() ?? release();
  const kernelVersion = parseKernel(kernelRelease);
  requireOverlay(files);
  const cgroups = requireCgroups(files);
  const uname = machine();
  return {
    name: hostname(),
    kernelRelease,
    kernelVersion,
    ...osRelease(files),
    machine: uname,
    architecture: ARCHITECTURES[uname] ?? uname,
    cpus: cpus().length,
    memory: memoryOf(files),
    memoryNodes: files.text('/sys/devices/system/node/online')?.trim() ?? '0',
    cgroups,
    limits: findLimits(cgroups, files),
    systemd: files.exists('/run/systemd/system'),
    seccomp: statusField(files, 'Seccomp') !== undefined,
    // Under a filter of its own the daemon must not try: the answer could be the end of it.
    x32: statusField(files, 'Seccomp') !== '0' || servesX32(),
    appArmor: files.text('/sys/module/apparmor/parameters/enabled')?.startsWith('Y') ?? false,
    appArmorDefault:
      files.text('/sys/kernel/security/apparmor/profiles')?.includes('docker-default (') ?? false,
    throttlePaths: throttlePathsOf(files),
    overlay: overlayOf(files),
    openFilesLimit: openFiles(files),
    capabilityMask: BigInt(`0x${statusField(files, 'CapEff') ?? '0'}`),
  };
};
