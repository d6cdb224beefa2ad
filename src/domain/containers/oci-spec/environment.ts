// SPDX-License-Identifier: Apache-2.0

/** Where programs are looked for when neither image nor client says so (containers.md, "OCI defaults"). */
const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const keyOf = (entry: string): string => {
  const end = entry.indexOf('=');
  return end < 0 ? entry : entry.slice(0, end);
};

/** `overrides` over `defaults`: in place where the key is there, else appended; an entry without `=` takes its key away. */
export const mergeEnvironment = (
  defaults: readonly string[],
  overrides: readonly string[],
): readonly string[] => {
  const byKey = new Map(defaults.map((entry) => [keyOf(entry), entry]));
  for (const entry of overrides) {
    const key = keyOf(entry);
    if (entry.includes('=')) byKey.set(key, entry);
    else byKey.delete(key);
  }
  return [...byKey.values()];
};

/** The environment of a process in a container, HOME apart, which the runtime sets from the passwd file. */
export const processEnvironment = (options: {
  readonly hostname: string;
  readonly tty: boolean;
  /** What the container's links tell it. */
  readonly links?: readonly string[];
  /** The container's own, image and request merged. */
  readonly env: readonly string[];
}): readonly string[] => {
  const defaults = [DEFAULT_PATH, `HOSTNAME=${options.hostname}`, ...(options.tty ? ['TERM=xterm'] : [])];
  const links = options.links ?? [];
  return mergeEnvironment([...defaults, ...links], options.env);
};
