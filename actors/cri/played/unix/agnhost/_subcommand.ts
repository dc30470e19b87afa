import type { Process, Running } from "../kernel/process.ts";

/** The flags of a subcommand with their values: of the type that their defaults have. */
export type Flags = Readonly<Record<string, string | number | boolean>>;

/** A subcommand of agnhost. Source: kubernetes/kubernetes, test/images/agnhost. */
export interface Subcommand {
  readonly name: string;
  /** Its flags, with their defaults. Default: none. */
  readonly flags?: Flags;
  /** Flags by their letter. Default: none. */
  readonly letters?: Readonly<Record<string, string>>;
  run(self: Process, given: Given): Running | number;
}

/** What a subcommand was given. */
export interface Given {
  readonly rest: readonly string[];
  text(flag: string): string;
  number(flag: string): number;
  isSet(flag: string): boolean;
}

/** Takes the words of a command line apart as pflag does; a text: what is wrong with them. */
export function parseFlags({ flags = {}, letters = {} }: Subcommand, words: readonly string[]): Given | string {
  const values = new Map(Object.entries(flags));
  const rest: string[] = [];
  const left = [...words];
  while (left.length > 0) {
    const word = left.shift() ?? "";
    if (!/^-./.test(word)) {
      rest.push(word);
      continue;
    }
    if (word === "--") {
      rest.push(...left.splice(0));
      continue;
    }
    const [, dashes = "", shown = "", inline] = /^(--?)([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const name = dashes === "-" ? (letters[shown[0] ?? ""] ?? shown) : shown;
    const before = values.get(name);
    // Flags of logging are taken by all subcommands, and change nothing that is played.
    if (before === undefined && /^(v|logtostderr|alsologtostderr|vmodule|stderrthreshold)$/.test(name)) continue;
    if (before === undefined) return `unknown flag: --${name}`;
    if (typeof before === "boolean") {
      values.set(name, inline === undefined ? true : /^(true|1|t|T|TRUE|True)$/.test(inline));
      continue;
    }
    const value = inline ?? (dashes === "-" && shown.length > 1 ? shown.slice(1) : left.shift());
    if (value === undefined) return `flag needs an argument: --${name}`;
    if (typeof before === "number" && !/^[+-]?\d+$/.test(value)) {
      return `invalid argument ${JSON.stringify(value)} for "--${name}" flag: strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`;
    }
    values.set(name, typeof before === "number" ? Number(value) : value);
  }
  return {
    rest,
    text: (flag) => String(values.get(flag) ?? ""),
    number: (flag) => Number(values.get(flag) ?? 0),
    isSet: (flag) => values.get(flag) === true,
  };
}
