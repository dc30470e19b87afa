import type { AnyMachineSnapshot, AnyStateMachine } from "xstate";
import { classify, type Route, settled } from "./route.ts";
import type { Step, StepControl } from "./step.ts";

/**
 * The step that is being taken. A step is synchronous and only this file sets it, so that an action which XState
 * itself triggers (an `after` timer, the entry of the first state) gets its step just as one triggered by mail does.
 */
let current: Step | undefined;

/** The step that is being taken: for an action that XState runs. */
export function currentStep(): Step {
  if (!current) throw new Error("Cannot run an actor's reducer: no step is being taken, deliver events through a host");
  return current;
}

/** Runs `body` as (part of) a step: for running a machine under XState's own `createActor`. */
export function within<Result>(step: Step, body: () => Result): Result {
  const outer = current;
  current = step;
  try {
    return body();
  } finally {
    current = outer;
  }
}

/**
 * What a chart has as its context: one box, and the actor's data in it. XState copies a context where it likes; it
 * copies the box, and what is inside stays the one object that handlers, closures and informers hold on to.
 */
export interface Boxed<Data> {
  readonly data: Data;
}

/** A machine in the course of its life: its phase, its data, and how to give it an event. */
export interface RunningMachine {
  /** The chart's active states, `a.b` for nested ones, `a|b` for parallel ones. */
  phase(): string;
  data(): unknown;
  /** True when a final state was reached. */
  ended(): boolean;
  /** How many events went through the chart itself rather than straight to a phase's reducer. */
  charted(): number;
  deliver(event: { readonly type: string }): void;
  /** Whether the present phase does anything about a type of event. */
  handles(type: string): boolean;
}

const afterPrefix = "xstate.after.";

/** Whether a timer's name is one that a chart's `after` made. */
export function isAfterTimer(name: string): boolean {
  return name.startsWith(afterPrefix);
}

/**
 * Starts a machine and steps it with `machine.transition` and one reused actor scope.
 *
 * Where the active phase handles an event by reducers alone (no target, no guard) and no `always` transition becomes
 * true, the step is those reducers: XState's bookkeeping, some ten microseconds, is spent only on what the chart
 * decides. `machine_test.ts` holds that this is indistinguishable from XState's own `createActor`.
 *
 * @throws whatever a reducer throws: the host treats it as the actor's crash
 */
export function startMachine(machine: AnyStateMachine, input: unknown, control: StepControl): RunningMachine {
  const { step } = control;
  const scope = actorScope(step);
  const routes = routesByPhase(machine);
  let charted = 0;
  let snapshot: AnyMachineSnapshot = within(step, () => {
    const initial = machine.getInitialSnapshot(scope.value, input);
    if (initial.status === "error") throw initial.error;
    scope.flush();
    return initial;
  });
  let phase = phaseOf(snapshot);
  let phaseRoutes = routesOf(phase);
  const { data } = snapshot.context as Boxed<unknown>;

  function routesOf(name: string): Map<string, Route> {
    let found = routes.get(name);
    if (!found) {
      found = new Map();
      routes.set(name, found);
    }
    return found;
  }

  function transition(event: { readonly type: string }) {
    charted++;
    snapshot = machine.transition(snapshot, event, scope.value) as AnyMachineSnapshot;
    scope.flush();
    if (snapshot.status === "error") throw snapshot.error;
    phase = phaseOf(snapshot);
    phaseRoutes = routesOf(phase);
  }

  function deliver(event: { readonly type: string }) {
    let route = phaseRoutes.get(event.type);
    if (!route) {
      route = classify(snapshot, event.type);
      phaseRoutes.set(event.type, route);
    }
    if (route.kind === "chart") return transition(event);
    for (const reduce of route.reduce) reduce(data, event as never, step);
    if (!settled(route, data, event)) transition({ type: "runtime.settle" });
  }

  return {
    phase: () => phase,
    data: () => data,
    ended: () => snapshot.status !== "active",
    charted: () => charted,
    deliver(event) {
      // As `within`, without making a function for each event.
      const outer = current;
      current = step;
      try {
        deliver(event);
      } finally {
        current = outer;
      }
    },
    handles: (type) => machine.getTransitionData(snapshot as never, { type }).length > 0,
  };
}

type RoutesByPhase = Map<string, Map<string, Route>>;

/** Routes depend on the chart alone: thousands of actors with one chart share them. */
const routesOfMachines = new WeakMap<AnyStateMachine, RoutesByPhase>();

function routesByPhase(machine: AnyStateMachine): RoutesByPhase {
  let routes = routesOfMachines.get(machine);
  if (!routes) {
    routes = new Map();
    routesOfMachines.set(machine, routes);
  }
  return routes;
}

function phaseOf(snapshot: AnyMachineSnapshot): string {
  return typeof snapshot.value === "string" ? snapshot.value : flatten(snapshot.value as object);
}

function flatten(value: object): string {
  return Object.entries(value)
    .map(([name, inner]) => (typeof inner === "string" ? `${name}.${inner}` : joined(name, inner as object)))
    .join("|");
}

function joined(name: string, inner: object): string {
  return Object.keys(inner).length === 0 ? name : `${name}.${flatten(inner)}`;
}

/** The part of an XState actor that a transition needs: delayed events become timers of the step. */
function actorScope(step: Step) {
  const deferred: (() => void)[] = [];
  const self = { id: step.self, sessionId: step.self };
  const value = {
    self,
    id: step.self,
    sessionId: step.self,
    logger: () => {},
    defer: (body: () => void) => void deferred.push(body),
    stopChild: () => {},
    emit: () => {},
    actionExecutor: (action: { exec?: (info: unknown, params: unknown) => void; info: unknown; params: unknown }) =>
      action.exec?.(action.info, action.params),
    system: {
      _sendInspectionEvent: () => {},
      scheduler: {
        schedule: (...[, , event, delayMs]: [from: unknown, to: unknown, event: { type: string }, delayMs: number]) =>
          step.timer(event.type, delayMs),
        cancel: (_from: unknown, id: string) => step.cancel(id),
      },
    },
  };
  return {
    value: value as unknown as Parameters<AnyStateMachine["transition"]>[2],
    flush() {
      for (const body of deferred.splice(0)) body();
    },
  };
}
