// SPDX-License-Identifier: Apache-2.0
import { after, before, describe } from 'node:test';
import { containerdContract } from '../../../src/adapters/containerd/contract.ts';
import { type PrivateContainerd, startPrivateContainerd } from './private-containerd.ts';

for (const local of [false, true]) {
  const name = local ? 'containerd, blobs by file' : 'containerd';
  describe(name, () => {
    const slot: { running?: PrivateContainerd } = {};
    before(async () => {
      slot.running = await startPrivateContainerd({ local });
    });
    after(async () => {
      await slot.running?.stop();
    });
    containerdContract(name, () => (slot.running as PrivateContainerd).subject);
  });
}
