import type { Shape } from "../../properties/arbitraries/run_definition.ts";
import type { FaultName } from "../../runtime/faults/fault.ts";
import { InputError } from "../cluster/input_error.ts";

/** Which runs a campaign performs, as its command line says. */
export interface CheckChoice {
  readonly suite?: string;
  readonly faults?: string;
  readonly property?: string;
  readonly topology?: string;
}

/** The same, understood. */
export interface Choice {
  readonly suite: string;
  readonly faults?: readonly FaultName[];
  readonly property?: string;
  readonly shape?: Shape;
}

/** Which runs are performed where none are named. */
const suiteDefault = "mixed";

/** What a topology can say, and the most of it that a run bears. */
const sizesMax = { stores: 5, apiservers: 5, nodes: 50, managers: 3, schedulers: 3 } as const;

/**
 * Understands what a command line chooses.
 *
 * @throws InputError that lists what there is where something is not known
 */
export async function understand({ suite = suiteDefault, faults, property, topology }: CheckChoice): Promise<Choice> {
  await assertSuite(suite);
  if (property !== undefined) await assertRule(property);
  const shape = topology === undefined ? undefined : shapeOf(topology);
  if (shape && suite === "traffic") {
    throw new InputError(
      "Cannot check the suite traffic with --topology: its runs have clusters of their own, leave one out",
    );
  }
  return {
    suite,
    ...(faults === undefined ? {} : { faults: await kindsOf(faults) }),
    ...(property === undefined ? {} : { property }),
    ...(shape === undefined ? {} : { shape }),
  };
}

async function assertSuite(name: string) {
  const { campaignSuites, everySuite, mixedSuite } = await import("../../properties/engine/campaign_suites.ts");
  const names = [...campaignSuites.map((each) => each.name), everySuite, mixedSuite];
  if (names.includes(name)) return;
  throw new InputError(`Cannot check the suite "${name}": there is none, use one of ${names.join(", ")}`);
}

async function assertRule(name: string) {
  const { knownRules } = await import("../../properties/engine/known_rules.ts");
  if (knownRules.includes(name)) return;
  const list = knownRules.toSorted().map((each) => `  ${each}`);
  throw new InputError(`Cannot look for "${name}": there is no such rule, use one of\n${list.join("\n")}`);
}

/** `none`, or kinds of faults with commas between them. */
async function kindsOf(text: string): Promise<readonly FaultName[]> {
  if (text === "none") return [];
  const { all: kinds } = await import("../../runtime/faults/kinds/all.ts");
  return text.split(",").map((word) => {
    const found = kinds.find(({ kind }) => kind === word.trim());
    if (found) return found.kind;
    const names = kinds.map(({ kind }) => kind).join(", ");
    throw new InputError(`Cannot check with faults "${word}": there is no such kind, use none, or some of ${names}`);
  });
}

/** `stores=3,nodes=2`. */
function shapeOf(text: string): Shape {
  const entries = text.split(",").map((part) => {
    const [name = "", value = ""] = part.trim().split("=");
    const most = sizesMax[name as keyof typeof sizesMax] as number | undefined;
    const number = Number(value);
    if (most !== undefined && /^\d+$/.test(value) && number >= 1 && number <= most) return [name, number] as const;
    const names = Object.entries(sizesMax).map(([each, max]) => `${each} (1 to ${max})`);
    throw new InputError(
      `Cannot check with the topology "${part}": give sizes such as stores=3,nodes=2, of ${names.join(", ")}`,
    );
  });
  const shape = Object.fromEntries(entries) as Shape;
  if (shape.stores !== undefined && shape.stores % 2 === 0) {
    throw new InputError(`Cannot check with the topology "${text}": a store has 1, 3 or 5 replicas`);
  }
  return shape;
}
