import type { AnyMachineSnapshot, AnyStateNode } from "xstate";
import type { Step } from "./step.ts";

type Reduce = (data: unknown, event: never, step: Step) => void;
type Judge = (data: unknown, event: unknown) => boolean;

/** What XState hands to an action or a guard; the actor's data are boxed in the context. */
export interface ChartArguments<Data> {
  readonly context: { readonly data: Data };
  readonly event: unknown;
}

/** An XState action that runs a reducer; the router recognises it and may run the reducer without XState. */
export interface ReducerAction<Data> {
  (args: ChartArguments<Data>): void;
  readonly reduce?: (data: Data, event: never, step: Step) => void;
}

/** An XState guard that judges by an actor's data; the router recognises it and may ask it without XState. */
export interface JudgingGuard<Data> {
  (args: ChartArguments<Data>): boolean;
  readonly judge?: (data: Data, event: never) => boolean;
}

/** How one type of event is handled in one phase: by the chart, or by reducers alone. */
export type Route =
  | { readonly kind: "chart" }
  | {
      readonly kind: "reducers";
      readonly reduce: readonly Reduce[];
      /** The guards of the phase's `always` transitions: while all are false the phase stays. */
      readonly always: readonly Judge[];
    };

const chart: Route = { kind: "chart" };

/** Finds out how the active phase handles a type of event; the answer holds as long as the phase does. */
export function classify(snapshot: AnyMachineSnapshot, eventType: string): Route {
  const nodes = snapshot._nodes as AnyStateNode[];
  const handlers: Reduce[][] = [];
  for (const leaf of nodes.filter(isLeaf)) {
    for (let node: AnyStateNode | undefined = leaf; node; node = node.parent) {
      const found = transitionsFor(node, eventType);
      if (found === "chart") return chart;
      if (!found) continue;
      handlers.push(found);
      break;
    }
  }
  // Regions of a parallel state that both handle an event share what is above them: leave that to XState.
  if (handlers.length > 1) return chart;
  const always = nodes.flatMap((node) => (node.always ?? []).map((each) => judgeOf(snapshot, each.guard)));
  if (always.includes(undefined)) return chart;
  return { kind: "reducers", reduce: handlers[0] ?? [], always: always as Judge[] };

  function transitionsFor(node: AnyStateNode, type: string): Reduce[] | "chart" | undefined {
    const descriptors = [...node.transitions.keys()].filter((descriptor) => matches(descriptor, type));
    if (descriptors.length === 0) return undefined;
    const transitions = descriptors.flatMap((descriptor) => node.transitions.get(descriptor) ?? []);
    const [only] = transitions;
    if (transitions.length !== 1 || !only || only.guard || only.target || only.reenter) return "chart";
    const reduces = only.actions.map((action) => reducerOf(snapshot, action));
    return reduces.includes(undefined) ? "chart" : (reduces as Reduce[]);
  }
}

/** Whether no `always` transition of the route's phase has become true. */
export function settled(route: Route & { kind: "reducers" }, data: unknown, event: unknown): boolean {
  for (const judge of route.always) if (judge(data, event)) return false;
  return true;
}

function isLeaf(node: AnyStateNode): boolean {
  return node.type === "atomic" || node.type === "final";
}

function matches(descriptor: string, type: string): boolean {
  if (descriptor === type || descriptor === "*") return true;
  return descriptor.endsWith(".*") && type.startsWith(descriptor.slice(0, -1));
}

function reducerOf(snapshot: AnyMachineSnapshot, action: unknown): Reduce | undefined {
  const named = typeof action === "string" ? action : hasOnlyType(action) ? action.type : undefined;
  const implementation = named === undefined ? action : snapshot.machine.implementations.actions[named];
  return (implementation as ReducerAction<unknown> | undefined)?.reduce as Reduce | undefined;
}

function judgeOf(snapshot: AnyMachineSnapshot, guard: unknown): Judge | undefined {
  const named = typeof guard === "string" ? guard : hasOnlyType(guard) ? guard.type : undefined;
  const implementation = named === undefined ? guard : snapshot.machine.implementations.guards[named];
  return (implementation as JudgingGuard<unknown> | undefined)?.judge as Judge | undefined;
}

function hasOnlyType(value: unknown): value is { readonly type: string } {
  return typeof value === "object" && value !== null && "type" in value && !("params" in value && value.params);
}
