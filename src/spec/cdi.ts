// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import {
  decodeDocument,
  type Infer,
  int,
  int64,
  named,
  pointer,
  slice,
  string,
  struct,
} from '../base/go-json.ts';

const deviceNode = struct('DeviceNode', {
  path: string,
  hostPath: string,
  type: string,
  major: int64,
  minor: int64,
  fileMode: pointer(int),
  permissions: string,
  uid: pointer(int64),
  gid: pointer(int64),
});

const mount = struct('Mount', {
  hostPath: string,
  containerPath: string,
  type: string,
  options: slice(string),
});

const hook = struct('Hook', {
  hookName: string,
  path: string,
  args: slice(string),
  env: slice(string),
  timeout: pointer(int),
});

const containerEdits = struct('ContainerEdits', {
  env: slice(string),
  deviceNodes: slice(deviceNode),
  hooks: slice(hook),
  mounts: slice(mount),
  additionalGids: named('additionalGids', slice(int64)),
});

const device = struct('Device', { name: string, containerEdits });

const cdiSpec = struct('Spec', {
  cdiVersion: string,
  kind: string,
  devices: slice(device),
  containerEdits,
});

/** What a device changes in a container. Source: Container Device Interface specification 1.0, "containerEdits". */
export type ContainerEdits = Infer<typeof containerEdits>;
export type CdiDeviceNode = Infer<typeof deviceNode>;
export type CdiHook = Infer<typeof hook>;
/** A document that describes the devices of one kind (`vendor.com/class`). */
export type CdiSpec = Infer<typeof cdiSpec>;

/** The versions there are. */
const VERSION = /^(0\.[1-8]\.0|1\.[01]\.0)$/;
const VENDOR_AND_CLASS = /^[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]?\/[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]?$/;
const DEVICE_NAME = /^[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?$/;
const HOOKS = new Set([
  'prestart',
  'createRuntime',
  'createContainer',
  'startContainer',
  'poststart',
  'poststop',
]);

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const checkEdits = (edits: ContainerEdits): void => {
  for (const entry of edits.env ?? [])
    if (!/^[^=]+=/.test(entry)) throw invalid(`invalid environment variable ${JSON.stringify(entry)}`);
  for (const { path, type } of edits.deviceNodes ?? []) {
    if (path === '') throw invalid('invalid (empty) device path');
    if (!['', 'b', 'c', 'u', 'p'].includes(type)) throw invalid(`device ${path}: invalid type ${type}`);
  }
  for (const each of edits.hooks ?? []) {
    if (!HOOKS.has(each.hookName)) throw invalid(`invalid hook name ${JSON.stringify(each.hookName)}`);
    if (each.path === '') throw invalid(`invalid hook ${each.hookName} with empty path`);
  }
  for (const { hostPath, containerPath } of edits.mounts ?? [])
    if (hostPath === '' || containerPath === '') throw invalid('invalid mount, empty host or container path');
};

/** Reads a decoded document. @throws invalid-argument for one that the specification does not allow */
export const readCdiSpec = (document: unknown): CdiSpec => {
  const spec = decodeDocument(cdiSpec, document);
  if (!VERSION.test(spec.cdiVersion)) throw invalid(`invalid version ${JSON.stringify(spec.cdiVersion)}`);
  if (!VENDOR_AND_CLASS.test(spec.kind)) throw invalid(`invalid kind ${JSON.stringify(spec.kind)}`);
  if ((spec.devices ?? []).length === 0) throw invalid('invalid spec, no devices');
  const names = new Set<string>();
  for (const { name, containerEdits: edits } of spec.devices ?? []) {
    if (!DEVICE_NAME.test(name)) throw invalid(`invalid device name ${JSON.stringify(name)}`);
    if (names.has(name)) throw invalid(`invalid spec, multiple device ${JSON.stringify(name)}`);
    names.add(name);
    checkEdits(edits);
  }
  checkEdits(spec.containerEdits);
  return spec;
};
