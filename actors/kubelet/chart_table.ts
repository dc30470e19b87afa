import { type AnyStateMachine, getNextSnapshot } from "xstate";

/** One step of a chart without context: where it leads, and the names of the actions on the way. */
export interface ChartStep<Phase, Action> {
  readonly phase: Phase;
  readonly actions: readonly Action[];
}

/** A chart as a function from phase and event to the step, `undefined` where the phase does not know the event. */
export type ChartTable<Phase extends string, Event extends string, Action extends string> = (
  phase: Phase,
  event: Event,
) => ChartStep<Phase, Action> | undefined;

/**
 * Makes the table of a flat chart that has neither context nor guards. XState is asked once for each pair of phase and
 * event; from then on a step is a look-up, so that a hundred thousand pods can share one chart.
 */
export function chartTable<Phase extends string, Event extends string, Action extends string>(
  machine: AnyStateMachine,
): ChartTable<Phase, Event, Action> {
  const table = new Map<Phase, Map<Event, ChartStep<Phase, Action> | undefined>>();
  return (phase, event) => {
    let row = table.get(phase);
    if (!row) {
      row = new Map();
      table.set(phase, row);
    }
    if (row.has(event)) return row.get(event);
    const step = stepOf<Phase, Action>(machine, { phase, event });
    row.set(event, step);
    return step;
  };
}

function stepOf<Phase extends string, Action extends string>(
  machine: AnyStateMachine,
  { phase, event }: { readonly phase: Phase; readonly event: string },
): ChartStep<Phase, Action> | undefined {
  const node = machine.states[phase];
  if (!node?.on || !(event in node.on)) return undefined;
  const next = getNextSnapshot(machine, machine.resolveState({ value: phase, context: {} }), { type: event })
    .value as Phase;
  const entry = machine.states[next]?.entry ?? [];
  const actions = entry.map((action) => (typeof action === "string" ? action : (action as { type: string }).type));
  return { phase: next, actions: actions as Action[] };
}
