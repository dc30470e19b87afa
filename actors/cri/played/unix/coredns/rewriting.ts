import { RE2JS } from "re2js";
import { type Directive, zoneOf } from "./corefile.ts";

/** What a block's rewrites make of names. */
export interface Rewriter {
  /** As what a name is asked. */
  nameOf(name: string): string;
}

type Rule = (name: string) => string | undefined;

const kinds: Readonly<Record<string, (from: string, to: string) => Rule>> = {
  exact: (from, to) => (name) => (name === zoneOf(from) ? zoneOf(to) : undefined),
  prefix: (from, to) => (name) => (name.startsWith(from) ? to + name.slice(from.length) : undefined),
  suffix: (from, to) => (name) =>
    name.endsWith(zoneOf(from)) ? name.slice(0, name.length - zoneOf(from).length) + zoneOf(to) : undefined,
  substring: (from, to) => (name) => (name.includes(from) ? name.replace(from, to) : undefined),
  regex(from, to) {
    const pattern = patternOf(from);
    return (name) => {
      // As CoreDNS has it, with the dot at the end.
      const found = pattern?.matcher(`${name}.`);
      if (!found?.find()) return undefined;
      const groupOf = (number: number) => (number <= found.groupCount() ? (found.group(number) ?? "") : "");
      return zoneOf(to.replace(/\{(\d+)\}/g, (_, number: string) => groupOf(Number(number))));
    };
  },
};

/** Go's expressions, which take no longer than the name is long. */
function patternOf(text: string): RE2JS | undefined {
  try {
    return RE2JS.compile(text);
  } catch {
    return undefined;
  }
}

/**
 * What the lines `rewrite` of a block do with names: the first that fits is the last, unless it says `continue`.
 *
 * @see https://coredns.io/plugins/rewrite/
 */
export function rewriterOf(directives: readonly Directive[]): Rewriter {
  const rules = directives.flatMap(({ args, lines }) => {
    const words = lines.length > 0 ? [...args, ...(lines[0] ?? [])] : args;
    const goesOn = words[0] === "continue";
    const [field, ...rest] = words[0] === "continue" || words[0] === "stop" ? words.slice(1) : words;
    if (field !== "name") return [];
    const [kind = "", from = "", to = ""] = Object.hasOwn(kinds, rest[0] ?? "") ? rest : ["exact", ...rest];
    const rule = kinds[kind]?.(from, to);
    return rule ? [{ rule, goesOn }] : [];
  });
  return {
    nameOf(given) {
      let name = zoneOf(given);
      for (const { rule, goesOn } of rules) {
        const next = rule(name);
        if (next === undefined) continue;
        name = next;
        if (!goesOn) break;
      }
      return name === zoneOf(given) ? given : name;
    },
  };
}
