// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { RuntimeResources } from '../../../spec/oci-runtime.ts';
import type { SpecInput } from './oci-spec.ts';

type Numbers = { readonly major: number; readonly minor: number };
type Listed = readonly { readonly path: string }[] | undefined;

const numbersOf = (input: SpecInput, path: string): Numbers => {
  const node = input.devices?.byPath.get(path);
  if (!node) throw new EngineError('internal', `stat ${path}: no such file or directory`);
  return { major: node.major, minor: node.minor };
};

const throttles = <Key extends string>(
  input: SpecInput,
  key: Key,
  devices: readonly { readonly path: string; readonly rate: number }[] | undefined,
): object =>
  devices?.length ? { [key]: devices.map(({ path, rate }) => ({ ...numbersOf(input, path), rate })) } : {};

/** Limits on block devices, or `undefined` without any. @throws internal when `resolveDevices` did not see a device */
export const blockIO = (input: SpecInput): RuntimeResources['blockIO'] => {
  const config = input.container.hostConfig;
  const weights = config.blkioWeightDevice ?? [];
  const limits = {
    ...(config.blkioWeight > 0 ? { weight: config.blkioWeight } : {}),
    ...(weights.length > 0
      ? { weightDevice: weights.map(({ path, weight }) => ({ ...numbersOf(input, path), weight })) }
      : {}),
    ...throttles(input, 'throttleReadBpsDevice', config.blkioDeviceReadBps),
    ...throttles(input, 'throttleWriteBpsDevice', config.blkioDeviceWriteBps),
    ...throttles(input, 'throttleReadIOPSDevice', config.blkioDeviceReadIOps),
    ...throttles(input, 'throttleWriteIOPSDevice', config.blkioDeviceWriteIOps),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
};

/** Host paths of all block devices that a configuration limits. */
export const blockDevicePaths = (config: SpecInput['container']['hostConfig']): readonly string[] => {
  const lists: readonly Listed[] = [
    config.blkioWeightDevice,
    config.blkioDeviceReadBps,
    config.blkioDeviceWriteBps,
    config.blkioDeviceReadIOps,
    config.blkioDeviceWriteIOps,
  ];
  return [...new Set(lists.flatMap((list) => (list ?? []).map((device) => device.path)))];
};
