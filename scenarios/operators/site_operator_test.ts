import { fileURLToPath } from "node:url";
import { assert, isLong, scenario } from "../../properties/house/test.ts";
import { objectsOf } from "../cli/own_controller/admin.ts";
import { condition } from "../cli/own_controller/condition.ts";
import type { PlannedFault } from "../cli/own_controller/front_kind.ts";
import { type Expected, runTrial, type TrialSetting } from "../cli/own_controller/trial.ts";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const operator = here("site_operator.mjs");
const page = (name: string): [string, readonly string[]] => [
  `configmaps default/shop-${name}`,
  [`{"data":{"text":"The page ${name} of shop"},"labels":{"page":"${name}","site":"shop"}}`],
];

interface Case {
  readonly bug: string;
  readonly plan: readonly PlannedFault[];
  readonly isDeleted?: boolean;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  {
    bug: "intermediate",
    plan: [{ fault: "crash", when: { after: "create configmaps", nth: 1 } }],
    says: /^configmaps default\/shop-cart is missing$/,
  },
  {
    bug: "stale",
    plan: [{ fault: "late-watch", when: { after: "create configmaps", nth: 1 }, resource: "configmaps", forMs: 3_000 }],
    says: /instead of 1 configmaps default\/shop-/,
  },
  {
    bug: "unobserved",
    plan: [{ fault: "crash", when: { step: 2 }, forMs: 2_000 }],
    says: /^configmaps default\/shop-about is there/,
  },
  {
    bug: "leaked",
    plan: [{ fault: "crash", when: { step: 2 }, forMs: 2_000 }],
    isDeleted: true,
    says: /^configmaps default\/shop-about is there/,
  },
];

/** One real process and one cluster for each: `npm run long` tries all, and the sound operator under the same faults. */
for (const { bug, plan, isDeleted = false, says } of isLong ? cases : cases.slice(0, 1)) {
  scenario(`trying the site operator with the bug "${bug}" finds it`, { timeoutMs: 600_000 }, async () => {
    const broken = await tried({ bug, plan, isDeleted });
    assert.ok(broken.strikes.every(({ hasBegun }) => hasBegun));
    assert.match(broken.problem ?? "it converged", says, broken.notes.join("\n"));
    if (!isLong) return;
    const sound = await tried({ bug: "none", plan, isDeleted });
    assert.equal(sound.problem, undefined, sound.notes.join("\n"));
  });
}

async function tried({ bug, plan, isDeleted }: Pick<Case, "bug" | "plan"> & { readonly isDeleted: boolean }) {
  const [definition, site, smaller] = await Promise.all(
    ["site_definition.yaml", "site.yaml", "site_smaller.yaml"].map((file) => objectsOf(here(file))),
  );
  const apply = { text: "apply", apply: site ?? [] };
  const setting: TrialSetting = {
    command: ["env", `BUG=${bug}`, process.execPath, operator],
    setup: definition ?? [],
    steps: [apply, isDeleted ? { text: "delete", remove: site ?? [] } : { text: "smaller", apply: smaller ?? [] }],
    conditions: [condition(isDeleted ? "sites/shop gone" : "sites/shop {.status.ready}=2")],
    nodes: 0,
    settleMs: 1_000,
    deadlineMs: bug === "none" ? 60_000 : 2_000,
  };
  const names = isDeleted ? [] : ["home", "cart"];
  // The bug of names that are made up calls them otherwise.
  const known = names.map(page).map(([key]): [string, string[]] => [bug === "stale" ? `${key}-*` : key, [""]]);
  const inventory = new Map(bug === "none" ? names.map(page) : known);
  const expected: Expected = { resources: ["configmaps"], inventory };
  return await runTrial(setting, plan, expected);
}
