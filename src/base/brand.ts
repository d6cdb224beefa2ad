// SPDX-License-Identifier: Apache-2.0

declare const brand: unique symbol;

/**
 * A `Value` that only its own parser makes: two brands over the same primitive do not mix. The names are keys, not
 * values, so that a branded type can be branded again (an image's id is a digest).
 */
export type Branded<Value, Name extends string> = Value & {
  readonly [brand]: { readonly [Key in Name]: true };
};
