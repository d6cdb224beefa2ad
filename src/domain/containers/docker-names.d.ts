// SPDX-License-Identifier: Apache-2.0

/** The package brings no types of its own. */
declare module 'docker-names' {
  const names: { getRandomName(): string };
  export default names;
}
