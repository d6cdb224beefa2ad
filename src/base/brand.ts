// SPDX-License-Identifier: Apache-2.0

declare const brand: unique symbol;

/** A `Value` that only its own parser makes: two brands over the same primitive do not mix. */
export type Branded<Value, Name extends string> = Value & { readonly [brand]: Name };
