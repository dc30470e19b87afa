import type { Running } from "../kernel/process.ts";
import { ArithmeticProblem, arithmetic, type Variables } from "./arithmetic.ts";
import {
  outOfMemory,
  refusalOf,
  type Shell,
  ShellExit,
  setVariable,
  shellComplains,
  type Variable,
  valueBytesMax,
  variable,
} from "./shell.ts";
import { specialValue } from "./special_value.ts";

const elementsMax = 32_768;

/** The elements of a variable, as bash has them: one that is no array has one, and one that is not set none. */
export function elementsOf(shell: Shell, name: string): ReadonlyMap<string, string> {
  const found = shell.variables.get(name);
  if (!found) return new Map();
  return found.elements ?? new Map([["0", found.value]]);
}

/** How expressions of a shell find and set its variables, elements of arrays too. */
export function arithmeticVariables(shell: Shell): Variables {
  const own: Variables = {
    get(name) {
      const [, array = "", index] = elementPattern.exec(name) ?? [];
      if (index === undefined) return variable(shell, name) ?? specialValue(shell, name) ?? "";
      return elementsOf(shell, array).get(keyIn(shell, array, index)) ?? "";
    },
    set(name, value) {
      const [, array = "", index] = elementPattern.exec(name) ?? [];
      if (index === undefined) return setVariable(shell, name, { value });
      return setElements(shell, array, new Map([...elementsOf(shell, array), [keyIn(shell, array, index), value]]));
    },
  };
  return own;
}

const elementPattern = /^([A-Za-z_]\w*)\[(.*)\]$/s;

/** The key of an element; `-1` where there can be none. */
function keyIn(shell: Shell, name: string, index: string): string {
  if (shell.variables.get(name)?.isKeyed) return index;
  const number = Number(arithmetic(index, arithmeticVariables(shell)));
  const behind = Math.max(-1, ...[...elementsOf(shell, name).keys()].map(Number)) + 1;
  return String(Math.max(-1, number < 0 ? number + behind : number));
}

/** Under which key an element is kept; the number of one may be an expression, and counts from the end when it is negative. */
export function* keyOf(shell: Shell, name: string, index: string): Running<string> {
  let why = `${name}[${index}]: bad array subscript`;
  try {
    const key = keyIn(shell, name, index);
    if (key !== "-1" || shell.variables.get(name)?.isKeyed) return key;
  } catch (error) {
    if (!(error instanceof ArithmeticProblem)) throw error;
    why = `${index}: ${error.message}`;
  }
  yield* shellComplains(shell, why);
  throw new ShellExit(1);
}

/** What an array holds. */
export interface ArrayContent {
  readonly elements: ReadonlyMap<string, string>;
  /** Its elements have names, not numbers. */
  readonly isKeyed: boolean;
}

/** Gives a variable other elements; gives back why it may not have them. */
export function setElements(shell: Shell, name: string, elements: ReadonlyMap<string, string>): string | undefined {
  return setArray(shell, name, { elements, isKeyed: shell.variables.get(name)?.isKeyed ?? false });
}

function isInOrder(elements: ReadonlyMap<string, string>): boolean {
  let before = -1;
  for (const key of elements.keys()) {
    if (Number(key) < before) return false;
    before = Number(key);
  }
  return true;
}

function byNumber(elements: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...elements].sort(([a], [b]) => Number(a) - Number(b)));
}

/** Makes a variable an array; gives back why it may not be one. */
export function setArray(shell: Shell, name: string, { elements, isKeyed }: ArrayContent): string | undefined {
  const before = shell.variables.get(name);
  let bytes = 0;
  for (const [key, value] of elements) bytes += key.length + value.length;
  if (elements.size > elementsMax || bytes > valueBytesMax) outOfMemory();
  // All of them are looked at, and copied.
  shell.self.kernel.spend(elements.size / 100);
  const ordered = isKeyed || isInOrder(elements) ? elements : byNumber(elements);
  const refused = refusalOf(shell, name, elements.get("0") ?? "");
  if (refused !== undefined) return refused;
  const { isExported = false } = before ?? {};
  const variable: Variable = {
    value: elements.get("0") ?? "",
    isExported,
    isReadonly: false,
    elements: ordered,
    isKeyed,
  };
  shell.variables.set(name, variable);
  return undefined;
}
