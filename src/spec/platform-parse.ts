// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import { normalizePlatform, type Platform } from './platform.ts';

/** Operating systems and architectures that a lone word may name. Source: the lists of Go's ports, which Docker uses. */
const SYSTEMS = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux macos nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  ),
);
const ARCHITECTURES = new Set(
  '386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm x86_64 x86-64 i386 aarch64 armhf armel'.split(
    ' ',
  ),
);

const invalid = (message: string): EngineError =>
  new EngineError('invalid-argument', `${message}: invalid argument`);

const COMPONENT = /^[A-Za-z0-9_.-]+$/;
const SYSTEM = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.-]*)\))?$/;

const checkComponent = (part: string, whole: string): string => {
  if (COMPONENT.test(part)) return part;
  throw invalid(
    `"${part}" is an invalid component of "${whole}": platform specifier component must match "^[A-Za-z0-9_.-]+$"`,
  );
};

const parseSystem = (part: string, whole: string): Pick<Platform, 'os' | 'osVersion'> => {
  const match = SYSTEM.exec(part);
  if (!match) {
    throw invalid(
      `"${part}" is an invalid OS component of "${whole}": OSAndVersion specifier component must match "^([A-Za-z0-9_-]+)(?:\\\\(([A-Za-z0-9_.-]*)\\\\))?$"`,
    );
  }
  const [, os = '', osVersion] = match;
  return osVersion ? { os: os.toLowerCase(), osVersion } : { os: os.toLowerCase() };
};

/** One word: a system on the host's machine, or a machine under the host's system. */
const parseWord = (text: string, host: Platform): Platform => {
  const system = parseSystem(text, text);
  const { osVersion: _, ...machine } = host;
  if (SYSTEMS.has(system.os)) return { ...machine, ...system };
  if (ARCHITECTURES.has(text.toLowerCase())) return { os: host.os, architecture: text };
  throw invalid(`"${text}": unknown operating system or architecture`);
};

/** Reads `os[(version)]`, `arch`, `os/arch` or `os/arch/variant`. @throws invalid-argument in Docker's words */
export const parsePlatform = (text: string, host: Platform): Platform => {
  if (text.includes('*')) throw invalid(`"${text}": wildcards not yet supported`);
  const parts = text.split('/');
  const [first = '', architecture, variant, ...more] = parts;
  if (architecture === undefined) return normalizePlatform(parseWord(first, host));
  if (more.length > 0) throw invalid(`"${text}": cannot parse platform specifier`);
  return normalizePlatform({
    ...parseSystem(first, text),
    architecture: checkComponent(architecture, text),
    ...(variant === undefined ? {} : { variant: checkComponent(variant, text) }),
  });
};
