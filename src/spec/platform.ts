// SPDX-License-Identifier: Apache-2.0

/** What an image was built for, in the normal words of the OCI image spec (`amd64`, `arm64`; variant `v8` is dropped). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}

type Machine = Pick<Platform, 'architecture' | 'variant'>;

/** Other names of architectures. Source: images.md §10; `uname -m` and Debian's names. */
const ALIASES: Readonly<Record<string, Machine>> = {
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  i386: { architecture: '386' },
  aarch64: { architecture: 'arm64' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
};

/** The variant an architecture has when none is named; it is not written for arm64. */
const IMPLIED: Readonly<Record<string, string>> = { arm: 'v7', arm64: 'v8', amd64: 'v1' };

const machineOf = (architecture: string, variant: string): Machine => {
  const lower = architecture.toLowerCase();
  const known = ALIASES[lower] ?? { architecture: lower };
  const written = known.variant ?? variant.toLowerCase();
  const full = /^\d+$/.test(written) ? `v${written}` : written;
  if (known.architecture === 'arm') return { architecture: 'arm', variant: full === '' ? 'v7' : full };
  const dropped = full === '' || full === IMPLIED[known.architecture];
  return dropped ? { architecture: known.architecture } : { architecture: known.architecture, variant: full };
};

/** `platform` in normal words: `x86_64` is `amd64`, `aarch64/v8` is `arm64`, `armhf` is `arm/v7`, `macos` is `darwin`. */
export const normalizePlatform = (platform: Platform): Platform => {
  const os = platform.os.toLowerCase();
  return {
    os: os === 'macos' ? 'darwin' : os,
    ...machineOf(platform.architecture, platform.variant ?? ''),
    ...(platform.osVersion ? { osVersion: platform.osVersion } : {}),
  };
};

/** `linux/arm64`, `linux/arm/v7`. */
export const formatPlatform = ({ os, architecture, variant }: Platform): string =>
  [os || 'unknown', architecture, variant].filter((part) => part !== undefined && part !== '').join('/');

/** Node's names of machines, where the OCI image spec has others. */
const NODE_MACHINES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', loong64: 'loong64' };

/** The platform of a Linux machine, from Node's name of it (`process.arch`). */
export const hostPlatform = (nodeArchitecture: string): Platform =>
  normalizePlatform({
    os: 'linux',
    architecture: NODE_MACHINES[nodeArchitecture] ?? nodeArchitecture,
  });
