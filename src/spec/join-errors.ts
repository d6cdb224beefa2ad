// SPDX-License-Identifier: Apache-2.0

/** One error as it stands, several as a list: Docker's way of joining them. */
export const joinErrors = (errors: readonly string[]): string =>
  errors.length === 1 ? (errors[0] ?? '') : errors.map((error) => `* ${error}`).join('\n');
