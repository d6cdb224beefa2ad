// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { Branded } from './brand.ts';

/** 64 lower-case hex digits. */
export type ContainerId = Branded<string, 'ContainerId'>;
/** 64 lower-case hex digits. */
export type NetworkId = Branded<string, 'NetworkId'>;
/** 64 lower-case hex digits: one container's place in one network. */
export type EndpointId = Branded<string, 'EndpointId'>;
/** 64 lower-case hex digits: one network namespace of one run. */
export type SandboxId = Branded<string, 'SandboxId'>;
/** 64 lower-case hex digits. */
export type ExecId = Branded<string, 'ExecId'>;

/** The length of an id as people see it. */
const SHORT = 12;

export const shortId = (id: string): string => id.slice(id.startsWith('sha256:') ? 7 : 0).slice(0, SHORT);

/** 64 random hex digits. An id whose short form is all digits is drawn anew: it would be taken for a number. */
export const randomId = <Id extends string>(): Id => {
  for (;;) {
    const id = randomBytes(32).toString('hex');
    if (!/^\d+$/.test(id.slice(0, SHORT))) return id as Id;
  }
};

const HEX64 = /^[0-9a-f]{64}$/;

/** `text` as a full id, or `undefined` when it is none. */
export const parseId = <Id extends string>(text: string): Id | undefined =>
  HEX64.test(text) ? (text as Id) : undefined;
