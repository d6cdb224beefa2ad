// SPDX-License-Identifier: Apache-2.0

/** A namespace held open: it lives at least until this is disposed of. */
export interface OpenNamespace extends Disposable {
  /** An open file that names the namespace, as netlink takes it. */
  readonly fd: number;
}

/** Network namespaces that a file names (a bind mount of `/proc/<thread>/ns/net`), so that they live without a process. */
export interface NetworkNamespaces {
  /**
   * Makes a namespace, names it `path` (whose folder must exist) and gives what `inside` gives, which ran in it. Nothing
   * is left when `inside` throws. `inside` must be synchronous: the whole thread is in the other namespace meanwhile.
   * @throws conflict when `path` exists
   */
  create<Result>(path: string, inside: () => Result): Result;
  /**
   * Names `path` a namespace that exists: the one that the file `source` is of (`/proc/<pid>/ns/net`). The rest as `create`.
   * @throws conflict when `path` exists; not-found when `source` names no namespace
   */
  adopt<Result>(path: string, source: string, inside: () => Result): Result;
  /** Gives what `inside` gives, which ran in the namespace that `path` names. Synchronous, as above. @throws not-found when there is none */
  run<Result>(path: string, inside: () => Result): Result;
  /** `/proc/self/ns/net` names the one that the thread is in. @throws not-found when `path` names no namespace */
  open(path: string): OpenNamespace;
  /** True when `path` names a namespace; a plain file is none. */
  exists(path: string): boolean;
  /**
   * Takes the name away, and a plain file that was left in its place. The namespace ends, with its links, once no process
   * is in it and nothing holds it open. What is not there is no error.
   */
  remove(path: string): void;
  /** Paths of the files in `folder`, namespaces or not; none when the folder is missing. */
  list(folder: string): readonly string[];
}
