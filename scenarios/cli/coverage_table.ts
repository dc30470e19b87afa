import type { AnyStateMachine, AnyStateNode } from "xstate";
import { components } from "../cluster/cast.ts";

/** What is counted of one kind of component. */
interface Row {
  readonly states: Map<string, number>;
  readonly moves: Set<string>;
  /** Events, each with the phase in which it was taken. */
  readonly takes: Set<string>;
  /** Kinds of faults that met it, each with the phases in which they did. */
  readonly faults: Map<string, Set<string>>;
}

/** What the runs of a campaign came to, as a table: a line for each component, and what none of them came to. */
export function coverageTable(reached: Readonly<Record<string, number>>): string {
  const rows = rowsOf(reached);
  const charted = components.filter(({ kind }) => rows.has(kind));
  const lines = charted.map(({ kind, machine }) => {
    const { states, moves, takes, faults } = rows.get(kind) as Row;
    const all = phasesOf(machine);
    const missed = all.filter((each) => !states.has(each));
    const pairs = [...faults.values()].reduce((sum, each) => sum + each.size, 0);
    const count = missed.length === all.length ? `${states.size}` : `${all.length - missed.length}/${all.length}`;
    const never = missed.length > 0 && missed.length < all.length ? missed.join(", ") : "-";
    return row([kind, count, `${moves.size}`, `${takes.size}`, `${faults.size}`, `${pairs}`, never]);
  });
  const head = row(["component", "phases", "ways", "events", "kinds of faults", "in phases", "never reached"]);
  return `${[head, ...lines].join("\n")}\n`;
}

const widths = [20, 8, 6, 8, 17, 11];

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join("")
    .trimEnd();
}

function rowsOf(reached: Readonly<Record<string, number>>): Map<string, Row> {
  const rows = new Map<string, Row>();
  const rowOf = (kind: string) => {
    const found = rows.get(kind) ?? { states: new Map(), moves: new Set(), takes: new Set(), faults: new Map() };
    rows.set(kind, found);
    return found;
  };
  for (const [what, runs] of Object.entries(reached)) {
    const [sort, first = "", second = "", ...rest] = what.split(" ");
    if (sort === "state") rowOf(first).states.set(second, runs);
    else if (sort === "move") rowOf(first).moves.add([second, ...rest].join(" "));
    else if (sort === "take") rowOf(first).takes.add([second, ...rest].join(" "));
    else {
      const { faults } = rowOf(second);
      faults.set(first, (faults.get(first) ?? new Set()).add(rest.join(" ")));
    }
  }
  return rows;
}

/** The phases that a chart can be in, as runs tell them: those that have none in them. */
function phasesOf({ root }: AnyStateMachine): readonly string[] {
  const leaves = (node: AnyStateNode): AnyStateNode[] => {
    const children = Object.values(node.states) as AnyStateNode[];
    return children.length === 0 ? [node] : children.flatMap(leaves);
  };
  // Nobody stays where the chart goes on at once.
  const isPassing = ({ always = [] }: AnyStateNode) => always.some(({ guard }) => guard === undefined);
  return leaves(root)
    .filter((node) => !isPassing(node))
    .map((node) => node.path.join("."));
}
