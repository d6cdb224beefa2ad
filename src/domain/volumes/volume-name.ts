// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** @throws invalid-argument for a name the local driver does not take, in Docker's words */
export const checkVolumeName = (name: string): void => {
  if (name.length === 1) {
    throw new EngineError(
      'invalid-argument',
      `volume name is too short, names should be at least two alphanumeric characters`,
    );
  }
  if (NAME.test(name)) return;
  throw new EngineError(
    'invalid-argument',
    `${JSON.stringify(name)} includes invalid characters for a local volume name, only ` +
      '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path',
  );
};
