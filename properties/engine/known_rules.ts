import { all } from "../invariants/all.ts";
import { freshLookRule } from "./fresh_look.ts";
import { stagedSuites } from "./perform.ts";
import { convergenceRule, crashFreeRule, quiescenceRule } from "./run.ts";

/** All rules that runs can break, as reports call them. */
export const knownRules: readonly string[] = [
  ...new Set([
    ...all.map(({ name }) => name),
    ...[convergenceRule, quiescenceRule, freshLookRule, crashFreeRule],
    ...stagedSuites.flatMap(({ rules }) => rules),
  ]),
];
