// SPDX-License-Identifier: Apache-2.0

/** A test that is no conformance step: where it stands and its whole name. */
export interface NamedTest {
  /** Relative to the root of the checkout. */
  readonly file: string;
  readonly name: string;
}

/** One thing of the specification that a test must show. */
export interface Row {
  /** What `covers` of a step calls it; each once. */
  readonly name: string;
  /** What holds, in one line. */
  readonly says: string;
  /** A test of another suite that shows it. */
  readonly test?: NamedTest;
  /** Why no test shows it: the part that is not built, or what this kernel does not have. */
  readonly open?: string;
}

/** Rows under one heading. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** A document of coverage: what it is called, where it lies, all its sections. */
export interface CoverageDocument {
  readonly title: string;
  /** Relative to the root of the checkout. */
  readonly file: string;
  /** The command that writes it. */
  readonly command: string;
  readonly sections: readonly Section[];
}

/** A row that steps cover. */
export function row(name: string, says: string): Row {
  return { name, says };
}

/** A row that a test outside of the conformance suite shows. */
export function tested(name: string, says: string, file: string, test: string): Row {
  return { name, says, test: { file, name: test } };
}

/** A row that nothing shows, and why. */
export function open(name: string, says: string, why: string): Row {
  return { name, says, open: why };
}
