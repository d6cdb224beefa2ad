// SPDX-License-Identifier: Apache-2.0
import { deepEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeVolume } from './volume-file.ts';

const optionsOf = (document: object): unknown => decodeVolume('one', '/v/one/_data', document).options;

describe("a volume's document", () => {
  it('of dockerd says what is to be mounted', () => {
    deepEqual(
      optionsOf({ MountType: 'tmpfs', MountOpts: 'size=1m', MountDevice: 'tmpfs', Quota: { Size: 0 } }),
      {
        type: 'tmpfs',
        device: 'tmpfs',
        o: 'size=1m',
      },
    );
    deepEqual(optionsOf({ MountType: '', MountOpts: '', MountDevice: '', Quota: { Size: 0 } }), undefined);
  });

  it('that is none is refused', () => {
    throws(() => optionsOf(['x']), { kind: 'invalid-argument' });
    throws(() => optionsOf({ Options: 5 }), { kind: 'invalid-argument' });
  });
});
