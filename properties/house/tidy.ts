import type { Finding, HouseFile } from "./tidy/house.ts";
import { all } from "./tidy/rules/all.ts";

/** A finding, and the rule that it breaks. */
export interface TidyFinding extends Finding {
  readonly rule: string;
}

/** Holds a set of files to the rules of the house; sorted by path and line. */
export function tidy(files: readonly HouseFile[]): TidyFinding[] {
  return all
    .flatMap((rule) => rule.check(files).map((finding) => ({ ...finding, rule: rule.name })))
    .sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}

/** A finding as one line: `file:line: rule: what is wrong, what to do`. */
export function findingText({ path, line, rule, text }: TidyFinding): string {
  return `${path}:${line}: ${rule}: ${text}`;
}
