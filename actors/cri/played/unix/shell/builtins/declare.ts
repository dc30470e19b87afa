import { print } from "../../kernel/io.ts";
import { elementsOf, setArray } from "../arrays.ts";
import type { Builtin } from "../builtin.ts";
import { type Shell, setVariable, shellComplains, variable } from "../shell.ts";

/** `declare` says what variables are: arrays, arrays with names, exported, read only, a function's own. */
export const declare: Builtin = {
  names: ["declare", "typeset"],
  isOfBash: true,
  keepsVariables: true,
  *run(shell, words) {
    const flags = words.filter((word) => /^[-+]/.test(word)).join("");
    const given = words.filter((word) => !/^[-+]/.test(word));
    if (flags.includes("p") || given.length === 0) {
      for (const name of given.length > 0 ? given : [...shell.variables.keys()].sort()) {
        if (!shell.variables.has(name)) {
          yield* shellComplains(shell, `declare: ${name}: not found`);
          return 1;
        }
        yield* print(shell.self, `${textOf(shell, name)}\n`);
      }
      return 0;
    }
    const frame = flags.includes("g") ? undefined : shell.locals.at(-1);
    for (const word of given) {
      const [, name, value] = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(word) ?? [];
      if (name === undefined) {
        yield* shellComplains(shell, `declare: \`${word}': not a valid identifier`);
        return 1;
      }
      if (frame && !frame.has(name)) {
        frame.set(name, shell.variables.get(name));
        shell.variables.delete(name);
      }
      const refused = declareOne(shell, { name, value, flags });
      if (refused === undefined) continue;
      yield* shellComplains(shell, refused);
      return 1;
    }
    return 0;
  },
};

function declareOne(
  shell: Shell,
  { name, value, flags }: { readonly name: string; readonly value: string | undefined; readonly flags: string },
): string | undefined {
  const isArray = flags.includes("a") || flags.includes("A");
  let refused: string | undefined;
  if (isArray) {
    const elements = value === undefined ? elementsOf(shell, name) : new Map([["0", value]]);
    refused = setArray(shell, name, { elements, isKeyed: flags.includes("A") });
  } else if (value !== undefined || !shell.variables.has(name)) {
    refused = setVariable(shell, name, { value: value ?? variable(shell, name) ?? "" });
  }
  const made = shell.variables.get(name);
  if (refused !== undefined || !made) return refused;
  const isExported = flags.includes("x") || made.isExported;
  shell.variables.set(name, { ...made, isExported, isReadonly: flags.includes("r") || made.isReadonly });
  return undefined;
}

function textOf({ variables }: Shell, name: string): string {
  const { value = "", elements, isKeyed, isExported, isReadonly } = variables.get(name) ?? {};
  const quoted = (text: string) => `"${text.replace(/["\\$`]/g, "\\$&")}"`;
  const flags = `${elements ? (isKeyed ? "A" : "a") : ""}${isReadonly ? "r" : ""}${isExported ? "x" : ""}` || "-";
  if (!elements) return `declare -${flags} ${name}=${quoted(value)}`;
  const items = [...elements].map(([key, each]) => `[${key}]=${quoted(each)}`);
  return `declare -${flags} ${name}=(${items.join(" ")}${isKeyed && items.length > 0 ? " " : ""})`;
}
