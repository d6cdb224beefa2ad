// SPDX-License-Identifier: Apache-2.0
import { after, before } from 'node:test';
import { containerdContract } from '../../../src/adapters/containerd/contract.ts';
import { type PrivateContainerd, startPrivateContainerd } from './private-containerd.ts';

const slot: { containerd?: PrivateContainerd } = {};

before(async () => {
  slot.containerd = await startPrivateContainerd();
});

after(async () => {
  await slot.containerd?.stop();
});

containerdContract('containerd', () => (slot.containerd as PrivateContainerd).subject);
