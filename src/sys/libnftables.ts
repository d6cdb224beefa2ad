// SPDX-License-Identifier: Apache-2.0
import koffi from 'koffi';
import { EngineError, messageOf } from '../base/errors.ts';

/** `NFT_CTX_OUTPUT_JSON` and `NFT_CTX_OUTPUT_TERSE` of `<nftables/libnftables.h>`. */
const OUTPUT_JSON = 1 << 4;
const OUTPUT_TERSE = 1 << 11;

/** How a listing is printed: for people, as JSON, or as JSON without the elements of sets and maps. */
export type NftablesOutput = 'text' | 'json' | 'terse-json';

const FLAGS: Readonly<Record<NftablesOutput, number>> = {
  text: 0,
  json: OUTPUT_JSON,
  'terse-json': OUTPUT_JSON | OUTPUT_TERSE,
};

interface Calls {
  create(flags: number): unknown;
  free(context: unknown): void;
  bufferOutput(context: unknown): number;
  bufferError(context: unknown): number;
  setOutput(context: unknown, flags: number): void;
  run(context: unknown, commands: string): number;
  output(context: unknown): string | null;
  error(context: unknown): string | null;
}

const load = (): Calls => {
  try {
    const library = koffi.load('libnftables.so.1');
    return {
      create: library.func('void *nft_ctx_new(uint32_t flags)'),
      free: library.func('void nft_ctx_free(void *context)'),
      bufferOutput: library.func('int nft_ctx_buffer_output(void *context)'),
      bufferError: library.func('int nft_ctx_buffer_error(void *context)'),
      setOutput: library.func('void nft_ctx_output_set_flags(void *context, unsigned int flags)'),
      run: library.func('int nft_run_cmd_from_buffer(void *context, const char *commands)'),
      output: library.func('const char *nft_ctx_get_output_buffer(void *context)'),
      error: library.func('const char *nft_ctx_get_error_buffer(void *context)'),
    };
  } catch (cause) {
    throw new EngineError('unavailable', `libnftables: ${messageOf(cause)}`, { cause });
  }
};

/** What one run gave: whether it succeeded, what it printed, and the library's words when it failed. */
export interface NftablesOutcome {
  readonly succeeded: boolean;
  readonly output: string;
  readonly words: string;
}

/** A context of libnftables, in the network namespace in which it was made. Main thread only. */
export class NftablesContext implements Disposable {
  readonly #calls = load();
  readonly #context = this.#calls.create(0);
  #open = true;

  /** @throws unavailable when the library is missing */
  constructor() {
    this.#calls.bufferOutput(this.#context);
    this.#calls.bufferError(this.#context);
  }

  /** Runs `commands`, in nft's language, as one transaction. */
  run(commands: string, printed: NftablesOutput = 'text'): NftablesOutcome {
    this.#calls.setOutput(this.#context, FLAGS[printed]);
    const succeeded = this.#calls.run(this.#context, commands) === 0;
    const output = this.#calls.output(this.#context) ?? '';
    return { succeeded, output, words: this.#calls.error(this.#context) ?? '' };
  }

  [Symbol.dispose](): void {
    if (this.#open) this.#calls.free(this.#context);
    this.#open = false;
  }
}
