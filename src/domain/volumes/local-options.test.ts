// SPDX-License-Identifier: Apache-2.0
import { doesNotThrow, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkLocalOptions } from './local-options.ts';

describe('options of the local driver', () => {
  it('are taken when they are complete', () => {
    doesNotThrow(() => checkLocalOptions({}, () => false));
    doesNotThrow(() => checkLocalOptions({ type: 'tmpfs', device: 'tmpfs' }, () => false));
    doesNotThrow(() => checkLocalOptions({ type: 'none', device: '/srv', o: 'bind,ro' }, () => false));
    doesNotThrow(() => checkLocalOptions({ size: '0' }, () => false));
    // What is empty shows at the mount, as with dockerd.
    doesNotThrow(() => checkLocalOptions({ type: 'tmpfs', device: '' }, () => false));
    doesNotThrow(() => checkLocalOptions({ type: 'none', device: '', o: 'bind' }, () => false));
  });

  it('are refused in the words of Docker', () => {
    const refused: readonly (readonly [Record<string, string>, string])[] = [
      [{ y: '1' }, 'invalid option: "y"'],
      [{ type: 'tmpfs' }, 'missing required option: "device"'],
      [{ device: '/x' }, 'missing required option: "type"'],
      [{ o: '' }, 'missing required option: "device"'],
      [{ o: 'ro' }, 'missing required option: "device"'],
      [{ o: 'ro', device: '/x' }, 'missing required option: "type"'],
      [{ size: 'zz' }, "invalid size: 'zz'"],
      [{ size: '1g' }, 'quota size requested but no quota support'],
    ];
    for (const [options, message] of refused)
      throws(() => checkLocalOptions(options, () => false), { kind: 'invalid-argument', message });
  });
});
