import { setup } from "xstate";
import { type Address, type ChartTypes, defineActor, handlers, reducers, type Step } from "../../runtime/mod.ts";
import { lease } from "../api/kinds/lease.ts";
import { createApiClient } from "../client/api_client.ts";
import { type ComponentData, componentParts } from "../client/component.ts";
import { createLeaderElection, type LeaderElection } from "../client/leader_election.ts";
import { present } from "../kit/present.ts";
import type { Loop } from "./loop.ts";
import { all } from "./loops/all.ts";
import type { ControllerHello, ControllerInput, ControllerLease, ManagerInput, ManagerMessage } from "./messages.ts";

/** What a controller manager keeps. */
export interface ManagerData extends ComponentData {
  readonly election: LeaderElection;
  readonly loops: readonly string[];
  /** Its controllers that have not ended. */
  readonly children: Set<Address>;
  readonly input: ManagerInput;
}

const allLoops: readonly Loop[] = all;

function createData(input: ManagerInput, step: Step): ManagerData {
  const client = createApiClient({ servers: input.servers, name: "election" });
  const { leaseMs, renewDeadlineMs, retryMs } = input;
  const children = new Set<Address>();
  const election = createLeaderElection({
    client,
    kind: lease,
    namespace: "kube-system",
    name: "kube-controller-manager",
    identity: `${step.self}_${step.incarnation}`,
    ...present({ leaseMs, renewDeadlineMs, retryMs }),
    renewed: (later) => tellAll(later, { children, election }),
  });
  const loops = input.loops ?? allLoops.map(({ name }) => name);
  return { election, loops, children, input, takers: [client], informers: [] };
}

/** Children may act as long as the lease allows, should this manager be cut off or paused. */
function tellAll(step: Step, { children, election }: Pick<ManagerData, "children" | "election">) {
  for (const child of children) tell(step, child, election);
}

function tell(step: Step, child: Address, election: LeaderElection) {
  const forMs = election.leadsUntilMs() - step.uptimeMs;
  const body: ControllerLease = { type: "controller.lease", forMs };
  if (forMs > 0) step.send(child, body);
}

const { act, begin, when } = reducers<ManagerData, ManagerMessage>();
const parts = componentParts<ManagerData>();
const dismissMsMax = 4_000;

const always = handlers<ManagerData, never>({
  "child.exited": ({ children }, { address, restarting }) => {
    if (!restarting) children.delete(address);
  },
});

const leading = handlers<ManagerData, ControllerHello>({
  "controller.hello": ({ election }, { from }, step) => tell(step, from, election),
});

/** The chart of a controller manager: of several, the one that holds the Lease runs the controllers. */
export const managerMachine = setup({
  types: {} as ChartTypes<ManagerData, ManagerMessage, ManagerInput>,
  actions: {
    ...parts.actions,
    campaign: act(({ election }, _event, step) => election.start(step)),
    resign: act(({ election }, _event, step) => election.stop(step)),
    spawnControllers: act(({ loops, children, input }, _event, step) => {
      for (const loop of loops) {
        const { servers, settings } = input;
        const childInput: ControllerInput = { loop, servers, leads: "parent", ...present({ settings }) };
        step.spawn({ name: loop, kind: "controller", input: childInput });
        children.add(`${step.self}/${loop}`);
      }
    }),
    stopControllers: act(({ children }, _event, step) => {
      for (const child of children) step.stop(child);
    }),
  },
  guards: {
    leads: when((data) => data.election.leading()),
    deposed: when((data) => !data.election.leading()),
    dismissed: when((data) => data.children.size === 0),
  },
  delays: { dismissMsMax },
}).createMachine({
  id: "controllerManager",
  context: begin(createData),
  on: { ...parts.on, ...always.on },
  initial: "standby",
  states: {
    standby: {
      description: "another manager leads, or nobody yet",
      entry: "campaign",
      on: { stop: "stopped" },
      always: { guard: "leads", target: "leading" },
    },
    leading: {
      entry: "spawnControllers",
      exit: "stopControllers",
      on: { ...leading.on, stop: "stopping" },
      always: { guard: "deposed", target: "dismissing" },
    },
    dismissing: {
      description: "lost the Lease: its controllers have to be gone before it may lead again",
      on: { stop: "stopping" },
      always: { guard: "dismissed", target: "standby" },
    },
    stopping: {
      always: { guard: "dismissed", target: "stopped" },
      after: { dismissMsMax: "stopped" },
    },
    stopped: { type: "final", entry: "resign" },
  },
});

/** The controller manager: a controller of controllers. */
export const controllerManager = defineActor<ManagerInput>({
  kind: "controller_manager",
  module: import.meta.url,
  machine: managerMachine,
  digest: ({ election, children }: ManagerData) => `${election.leading()},${children.size}`,
});
