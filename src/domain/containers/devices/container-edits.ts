// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { EngineError } from '../../../base/errors.ts';
import type { CdiDeviceNode, CdiHook, ContainerEdits } from '../../../spec/cdi.ts';
import type {
  RuntimeDevice,
  RuntimeDeviceRule,
  RuntimeHooks,
  RuntimeMount,
  RuntimeSpec,
} from '../../../spec/oci-runtime.ts';
import type { DeviceNode } from '../oci-spec/oci-spec.ts';

/** Looks at a device of the host. @throws not-found */
export type LookAtDevice = (path: string) => DeviceNode;

const mergeEnv = (env: readonly string[], added: readonly string[]): readonly string[] => {
  const keyOf = (entry: string): string => entry.slice(0, entry.indexOf('='));
  const byKey = new Map(env.map((entry) => [keyOf(entry), entry]));
  for (const entry of added) byKey.set(keyOf(entry), entry);
  return [...byKey.values()];
};

type Owner = RuntimeSpec['process']['user'];

const ids = ({ uid, gid }: CdiDeviceNode, owner: Owner): Pick<RuntimeDevice, 'uid' | 'gid'> => ({
  // Without a word on it a device belongs to whom the container runs as.
  ...(uid === undefined && owner.uid === 0 ? {} : { uid: uid ?? owner.uid }),
  ...(gid === undefined && owner.gid === 0 ? {} : { gid: gid ?? owner.gid }),
});

const nodeOf = (asked: CdiDeviceNode, owner: Owner, look: LookAtDevice): RuntimeDevice => {
  const { path, hostPath, type, major, minor, fileMode } = asked;
  const isKnown = type !== '' && (major > 0 || type === 'p');
  const host = isKnown ? { type, major, minor } : look(hostPath || path);
  if (type !== '' && host.type !== type)
    throw new EngineError(
      'internal',
      `CDI device ("${path}", "${hostPath || path}"), host type mismatch (${host.type}, ${type})`,
    );
  return {
    path,
    type: host.type as RuntimeDevice['type'],
    major: major > 0 ? major : host.major,
    minor: major > 0 ? minor : host.minor,
    ...(fileMode !== undefined && { fileMode }),
    ...ids(asked, owner),
  };
};

const ruleOf = (node: RuntimeDevice, permissions: string): readonly RuntimeDeviceRule[] =>
  node.type === 'b' || node.type === 'c'
    ? [{ allow: true, type: node.type, major: node.major, minor: node.minor, access: permissions || 'rwm' }]
    : [];

const depth = ({ destination }: RuntimeMount): number =>
  posix.normalize(destination).split('/').filter(Boolean).length;

const mergeMounts = (
  mounts: readonly RuntimeMount[],
  { mounts: asked }: ContainerEdits,
): readonly RuntimeMount[] => {
  if (!asked?.length) return mounts;
  const added = asked.map(({ hostPath, containerPath, type, options }) => ({
    destination: containerPath,
    type: type || 'bind',
    source: hostPath,
    options: options ?? [],
  }));
  const taken = new Set(added.map(({ destination }) => destination));
  const kept = mounts.filter(({ destination }) => !taken.has(destination));
  // A stable sort: parents before children.
  return [...kept, ...added].toSorted((a, b) => depth(a) - depth(b));
};

const mergeHooks = (hooks: RuntimeHooks | undefined, added: readonly CdiHook[]): RuntimeHooks | undefined => {
  const merged: { -readonly [Name in keyof RuntimeHooks]: RuntimeHooks[Name] } = { ...hooks };
  for (const { hookName, path, args, env, timeout } of added) {
    const name = hookName as keyof RuntimeHooks;
    const hook = {
      path,
      ...(args && { args }),
      ...(env && { env }),
      ...(timeout !== undefined && { timeout }),
    };
    merged[name] = [...(merged[name] ?? []), hook];
  }
  return Object.keys(merged).length > 0 ? merged : undefined;
};

/** The spec with one set of edits made. @throws internal for a device that the host does not have */
export const applyEdits = (spec: RuntimeSpec, edits: ContainerEdits, look: LookAtDevice): RuntimeSpec => {
  const { process: first, linux } = spec;
  const asked = edits.deviceNodes ?? [];
  const nodes = asked.map((node) => nodeOf(node, first.user, look));
  const taken = new Set(nodes.map(({ path }) => path));
  const groups = (edits.additionalGids ?? []).filter((gid) => gid !== 0);
  const hooks = mergeHooks(spec.hooks, edits.hooks ?? []);
  return {
    ...spec,
    ...(hooks && { hooks }),
    mounts: mergeMounts(spec.mounts, edits),
    process: {
      ...first,
      env: mergeEnv(first.env, edits.env ?? []),
      user: {
        ...first.user,
        additionalGids: [...new Set([...(first.user.additionalGids ?? []), ...groups])],
      },
    },
    linux: {
      ...linux,
      devices: [...(linux.devices ?? []).filter(({ path }) => !taken.has(path)), ...nodes],
      resources: {
        ...linux.resources,
        devices: [
          ...linux.resources.devices,
          ...nodes.flatMap((node, index) => ruleOf(node, asked[index]?.permissions ?? '')),
        ],
      },
    },
  };
};
