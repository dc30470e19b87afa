import { setup } from "xstate";
import { type Address, type ChartTypes, defineActor, handlers, reducers, type Step } from "../../runtime/mod.ts";
import { lease } from "../api/kinds/lease.ts";
import { createApiClient } from "../client/api_client.ts";
import { type ComponentData, componentParts } from "../client/component.ts";
import { createLeaderElection, type LeaderElection } from "../client/leader_election.ts";
import { present } from "../kit/present.ts";
import type { Loop } from "./loop.ts";
import { all } from "./loops/all.ts";
import { rootCaCertificatePublisher } from "./loops/root_ca_certificate_publisher.ts";
import { serviceAccount } from "./loops/service_account.ts";
import type {
  AskManager,
  ControllerHello,
  ControllerInput,
  ControllerLease,
  ManagerInput,
  ManagerMessage,
  ManagerReport,
} from "./messages.ts";

/** What a controller manager keeps. */
export interface ManagerData extends ComponentData {
  readonly election: LeaderElection;
  readonly loops: readonly string[];
  /** Loops that begin when those have said that they run: workers that start at once are all slow to start. */
  readonly later: { loops: readonly string[]; readonly awaited: Set<Address> };
  /** Its controllers that have not ended. */
  readonly children: Set<Address>;
  /** How often each was started again. */
  readonly restarts: Map<Address, number>;
  readonly input: ManagerInput;
  readonly office: ManagerOffice;
}

/** What tells one manager's office from another's. */
export interface ManagerOffice {
  /** The name of its Lease in `kube-system`. */
  readonly lease: string;
  /** The kind of the actors that its loops are. */
  readonly child: string;
  readonly loops: readonly Loop[];
  /** Those that begin before all others. */
  readonly first: readonly Loop[];
}

function createData(office: ManagerOffice, input: ManagerInput, step: Step): ManagerData {
  const client = createApiClient({ servers: input.servers, name: "election" });
  const { leaseMs, renewDeadlineMs, retryMs } = input;
  const children = new Set<Address>();
  const election = createLeaderElection({
    client,
    kind: lease,
    namespace: "kube-system",
    name: office.lease,
    identity: `${step.self}_${step.incarnation}`,
    ...present({ leaseMs, renewDeadlineMs, retryMs }),
    renewed: (later) => tellAll(later, { children, election }),
  });
  const { featureGates = [] } = input.settings ?? {};
  const own = office.loops.filter(({ gate }) => gate === undefined || featureGates.includes(gate));
  const loops = input.loops ?? own.map(({ name }) => name);
  return {
    election,
    loops,
    later: { loops: [], awaited: new Set() },
    children,
    restarts: new Map(),
    input,
    office,
    takers: [client],
    informers: [],
  };
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

function spawnLoops({ children, input, office }: ManagerData, loops: readonly string[], step: Step) {
  for (const loop of loops) {
    const { servers, settings } = input;
    const childInput: ControllerInput = { loop, servers, leads: "parent", ...present({ settings }) };
    step.spawn({ name: loop, kind: office.child, input: childInput });
    children.add(`${step.self}/${loop}`);
  }
}

/** One of the first loops runs, or never will: when it was the last of them, the others begin. */
function goOnWithout(data: ManagerData, child: Address, step: Step) {
  const { later } = data;
  if (!later.awaited.delete(child) || later.awaited.size > 0) return;
  const { loops } = later;
  later.loops = [];
  spawnLoops(data, loops, step);
}

const { act, begin, when } = reducers<ManagerData, ManagerMessage>();
const parts = componentParts<ManagerData>();
const dismissMsMax = 4_000;

const always = handlers<ManagerData, AskManager>({
  "manager.report": ({ election, children, restarts }, mail, step) => {
    const nameOf = (address: Address) => address.slice(step.self.length + 1);
    const loops = [...children].map((address) => ({
      name: nameOf(address),
      address,
      restarts: restarts.get(address) ?? 0,
    }));
    step.reply(mail, { leads: election.leading(), loops } satisfies ManagerReport);
  },
  "child.exited": (data, { address, restarting }, step) => {
    if (restarting) return void data.restarts.set(address, (data.restarts.get(address) ?? 0) + 1);
    data.children.delete(address);
    goOnWithout(data, address, step);
  },
});

const leading = handlers<ManagerData, ControllerHello>({
  "controller.hello": (data, { from }, step) => {
    tell(step, from, data.election);
    goOnWithout(data, from, step);
  },
});

/** The chart of a manager of controllers: of several, the one that holds the Lease runs the controllers. */
export const managerMachine = (office: ManagerOffice) =>
  setup({
    types: {} as ChartTypes<ManagerData, ManagerMessage, ManagerInput>,
    actions: {
      ...parts.actions,
      campaign: act(({ election }, _event, step) => election.start(step)),
      resign: act(({ election }, _event, step) => election.stop(step)),
      spawnControllers: act((data, _event, step) => {
        const { loops, later } = data;
        const early = loops.filter((loop) => office.first.some(({ name }) => name === loop));
        const rest = loops.filter((loop) => !early.includes(loop));
        if (early.length === 0) return spawnLoops(data, rest, step);
        later.loops = rest;
        for (const loop of early) later.awaited.add(`${step.self}/${loop}`);
        spawnLoops(data, early, step);
      }),
      stopControllers: act(({ children, later }, _event, step) => {
        later.loops = [];
        later.awaited.clear();
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
    context: begin((input: ManagerInput, step) => createData(office, input, step)),
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

/** What the journal hashes of a manager. */
export const managerDigest = ({ election, children }: ManagerData): string => `${election.leading()},${children.size}`;

/** The controller manager: a controller of controllers. */
export const controllerManager = defineActor<ManagerInput>({
  kind: "controller_manager",
  module: import.meta.url,
  machine: managerMachine({
    lease: "kube-controller-manager",
    child: "controller",
    loops: all,
    // No pod is made without an account, and none starts without the authority's certificate.
    first: [serviceAccount, rootCaCertificatePublisher],
  }),
  digest: managerDigest,
});
