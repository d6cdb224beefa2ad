// SPDX-License-Identifier: Apache-2.0
import { isKind } from '../../../base/errors.ts';
import { FUNCTIONS, type Kind, type TemplateFunction } from './functions.ts';
import type { Command, Node, Operand, Pipeline } from './parse.ts';
import { executeError, type Spot } from './template-error.ts';
import { isList, isMap, isTrue, printValue, typeName, type Value } from './value.ts';

/** What a template is about: its fields by name. A function is a method of Go's and takes arguments. */
export type Subject = Readonly<Record<string, Value>>;

/** Go's name of the subject's type, for messages. */
const SUBJECT = '*logger.Info';

interface Argument {
  readonly value: Value;
  readonly spot: Spot;
}

const fits: Readonly<Record<Kind, (value: Value) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isInteger(value),
  '[]string': isList,
  any: () => true,
};

const checkArgument = (kind: Kind, { value, spot }: Argument): void => {
  if (fits[kind](value)) return;
  const message = /^["'`\d+-]/.test(spot.text)
    ? `expected ${kind}; found ${spot.text}`
    : `wrong type for value; expected ${kind === 'integer' ? 'int' : kind}; got ${typeName(value)}`;
  throw executeError(spot, message);
};

const callFunction = (
  name: string,
  { takes, rest, call }: TemplateFunction,
  given: readonly Argument[],
  spot: Spot,
): Value => {
  const isShort = given.length < takes.length;
  if (isShort || (!rest && given.length > takes.length)) {
    const wanted = rest ? `at least ${takes.length}` : String(takes.length);
    throw executeError(spot, `wrong number of args for ${name}: want ${wanted} got ${given.length}`);
  }
  for (const [index, kind] of takes.entries()) checkArgument(kind, given[index] as Argument);
  try {
    return call(...(given.map(({ value }) => value) as never[]));
  } catch (error) {
    if (isKind(error, 'invalid-argument')) throw executeError(spot, error.message);
    throw error;
  }
};

/** Fills in a template about one subject. */
class Execution {
  readonly #subject: Subject;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  nodes(nodes: readonly Node[]): string {
    return nodes.map((node) => this.#node(node)).join('');
  }

  #node(node: Node): string {
    if (node.kind === 'text') return node.text;
    const value = this.#pipeline(node.pipeline);
    if (node.kind === 'print') return printValue(value);
    return this.nodes(isTrue(value) ? node.then : node.otherwise);
  }

  #pipeline([first, ...others]: Pipeline): Value {
    return others.reduce<Value>(
      (value, command) => this.#command(command, [value]),
      this.#command(first, []),
    );
  }

  #command([head, ...others]: Command, piped: readonly Value[]): Value {
    const spots = [head, ...others].map(({ spot }) => spot);
    const text = spots.map((spot) => spot.text).join(' ');
    const given = others.map((operand) => ({ value: this.#value(operand), spot: operand.spot }));
    const all = [...given, ...piped.map((value) => ({ value, spot: head.spot }))];
    if (head.kind === 'function') {
      const known = FUNCTIONS.get(head.name) as TemplateFunction;
      return callFunction(head.name, known, all, { ...head.spot, text });
    }
    const value = this.#value(head);
    if (all.length === 0 || takesNil(head, all)) return value;
    if (head.kind === 'fields' && !head.of)
      throw executeError(
        head.spot,
        `wrong number of args for ${head.names.at(-1) ?? ''}: want 0 got ${all.length}`,
      );
    throw executeError(head.spot, `can't give argument to non-function ${head.spot.text}`);
  }

  #value(operand: Operand): Value {
    if (operand.kind === 'literal') return operand.value;
    if (operand.kind === 'group') return this.#pipeline(operand.pipeline);
    if (operand.kind === 'function') return this.#command([operand], []);
    if (operand.kind === 'dot') throw executeError(operand.spot, `can't print ${SUBJECT}`);
    return this.#fields(operand);
  }

  #fields({ of, names, spot }: Extract<Operand, { kind: 'fields' }>): Value {
    const isOfSubject = of === undefined || of.kind === 'dot';
    const [first = '', ...others] = names;
    if (!isOfSubject)
      return names.reduce<Value>((value, name) => fieldOf(value, name, spot), this.#value(of));
    if (!Object.hasOwn(this.#subject, first))
      throw executeError(spot, `can't evaluate field ${first} in type ${SUBJECT}`);
    return others.reduce<Value>((value, name) => fieldOf(value, name, spot), this.#subject[first]);
  }
}

/** Docker's one method that takes something: `.ExtraAttributes nil`. */
const takesNil = (head: Operand, given: readonly Argument[]): boolean =>
  head.kind === 'fields' &&
  head.names[0] === 'ExtraAttributes' &&
  given.length === 1 &&
  given[0]?.value === undefined;

const fieldOf = (value: Value, name: string, spot: Spot): Value => {
  if (isMap(value)) return Object.hasOwn(value, name) ? value[name] : undefined;
  throw executeError(spot, `can't evaluate field ${name} in type ${typeName(value)}`);
};

/** What a template becomes about `subject`. @throws invalid-argument in Go's words */
export const executeTemplate = (nodes: readonly Node[], subject: Subject): string =>
  new Execution(subject).nodes(nodes);
