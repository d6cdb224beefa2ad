// SPDX-License-Identifier: Apache-2.0
import { equal } from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { describe, it } from 'node:test';
import { describeSystemError, errnoText } from './errno-text.ts';
import { fileFailure, sysFailure } from './errno.ts';

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('a failure of a file operation', () => {
  it("is told in Go's words", () => {
    const told = (work: () => unknown): string | undefined => describeSystemError(thrownBy(work));
    equal(
      told(() => mkdirSync('/proc')),
      'mkdir /proc: file exists',
    );
    equal(
      told(() => readdirSync('/proc/none')),
      'open /proc/none: no such file or directory',
    );
    equal(
      told(() => renameSync('/none', '/x')),
      'rename /none /x: no such file or directory',
    );
    equal(fileFailure(thrownBy(() => mkdirSync('/proc'))).message, 'mkdir /proc: file exists');
    equal(fileFailure(sysFailure(28, 'sendfile').cause).message, 'sendfile: no space left on device');
    equal(fileFailure(sysFailure(28, 'sendfile').cause).kind, 'insufficient-storage');
  });

  it('that has no errno keeps its own', () => {
    equal(describeSystemError(new TypeError('x')), undefined);
    equal(describeSystemError('x'), undefined);
    equal(errnoText('constructor'), undefined);
    equal(fileFailure(new TypeError('x')).message, 'x');
  });
});
