// SPDX-License-Identifier: Apache-2.0

/** ctrl-p, ctrl-q */
export const DEFAULT_DETACH_KEYS: Uint8Array = Uint8Array.of(16, 17);

const DELETE = 127;

/** `ctrl-@` is 0, `ctrl-a` 1 … `ctrl-_` 31: the character 64 above, in lower case. */
const CONTROL = new Map(
  Array.from({ length: 32 }, (_, code) => [`ctrl-${String.fromCharCode(code + 64).toLowerCase()}`, code]),
);

const codeOf = (key: string): number | undefined => {
  if (key === 'DEL') return DELETE;
  const code = key.charCodeAt(0);
  return key.length === 1 && code < 128 ? code : CONTROL.get(key);
};

/** The bytes of a sequence like `ctrl-p,ctrl-q` or `a,ctrl-[`; the default's when absent or empty, `undefined` for a bad one. */
export const parseDetachKeys = (text: string | undefined): Uint8Array | undefined => {
  if (text === undefined || text === '') return DEFAULT_DETACH_KEYS;
  const codes = text.split(',').map(codeOf);
  return codes.includes(undefined) ? undefined : Uint8Array.from(codes as number[]);
};

const NOTHING = new Uint8Array();

/** Looks for the detach sequence in what a client types. Keys that only might begin it are held back. */
export class DetachFilter {
  readonly #keys: Uint8Array;
  #matched = 0;

  constructor(keys: Uint8Array) {
    this.#keys = keys;
  }

  /** What of `chunk`, and of what was held back, goes to the process. Nothing more does once `detached` is true. */
  take(chunk: Uint8Array): { readonly pass: Uint8Array; readonly detached: boolean } {
    if (this.#keys.length === 0) return { pass: chunk, detached: false };
    const pass: number[] = [];
    for (const byte of chunk) {
      if (this.#advance(byte, pass)) return { pass: Uint8Array.from(pass), detached: true };
    }
    return { pass: pass.length === 0 ? NOTHING : Uint8Array.from(pass), detached: false };
  }

  #advance(byte: number, pass: number[]): boolean {
    if (byte !== this.#keys[this.#matched] && this.#matched > 0) {
      pass.push(...this.#keys.subarray(0, this.#matched));
      this.#matched = 0;
    }
    if (byte !== this.#keys[this.#matched]) {
      pass.push(byte);
      return false;
    }
    this.#matched += 1;
    return this.#matched === this.#keys.length;
  }
}
