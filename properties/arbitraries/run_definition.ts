import fc from "fast-check";
import type { ImageBehaviour } from "../../actors/cri/messages.ts";
import { present } from "../../actors/kit/present.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import { storeAddresses, type Topology } from "../../scenarios/cluster/topology.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import type { Command } from "../workload/command.ts";
import { podCpuMillis } from "../workload/manifests.ts";
import { chores } from "./chores.ts";
import { type Clouds, clouds, rentedFor } from "./clouds.ts";
import { errands } from "./errands.ts";
import { families, ofFamilies } from "./families.ts";
import { componentsOf, faultPlan } from "./fault_plan.ts";
import { lyingDisk } from "./lying_disk.ts";
import { nodeTroubles } from "./node_troubles.ts";
import { pursuits, standingOrders } from "./pursuits.ts";
import { editsOf, serviceEdits } from "./service_edits.ts";
import { serviceCommands } from "./services.ts";
import { mannered, setManners, setStarts } from "./set_manners.ts";
import { setCommands } from "./sets.ts";
import { diskLosses, fullDisks } from "./store_faults.ts";
import { isTimed, timetableStartMs } from "./timetables.ts";
import { type Impatience, imageNames, impatience, mortality, type Scarcity, scarcity, topology } from "./topology.ts";
import { type TrafficRun, trafficRun } from "./traffic.ts";
import { ventures } from "./ventures.ts";
import { podsMaxOf, workload, workloadMsMax } from "./workload.ts";

/** How large a cluster is: what is given is so in all runs, the rest is drawn. */
export type Shape = Partial<Pick<Topology, "stores" | "apiservers" | "nodes" | "managers" | "schedulers">>;

/** What all runs of a campaign have in common. */
export interface RunDefinitionOptions {
  /** The deliberate defect of the code that performs them, to see whether it is found. Default: none. */
  readonly mutation?: string;
  /** Default: faults of every kind. */
  readonly withoutFaults?: boolean;
  /** Whether requests go through the cluster, to servers that run in it. Default: now and then, never with a mutation. */
  readonly traffic?: "never" | "sometimes" | "always";
  /** Whether nodes are rented from providers. Default: now and then, never with a mutation. */
  readonly clouds?: "never" | "sometimes" | "always";
  /** Default: small clusters of every shape. Runs with traffic have their own. */
  readonly shape?: Shape;
}

/** Faults go on a little longer than the work. */
const faultyMs = 4_000;

/** Random clusters with random work under random faults. */
export function runDefinition({
  mutation,
  withoutFaults = false,
  shape: wanted,
  traffic = mutation || wanted ? "never" : "sometimes",
  clouds: renting = mutation ? "never" : "sometimes",
}: RunDefinitionOptions = {}): fc.Arbitrary<RunDefinition> {
  return fc.tuple(topology(), workload(), fc.boolean()).chain(([size, work, isTight]) => {
    const shape = suited({ ...size, ...wanted }, work, isTight);
    const defect = mutation === undefined ? {} : { mutation };
    return fc
      .record({
        seed: fc.nat(0xffff_ffff),
        topology: fc.constant(shape),
        workload: fc.constant(work),
        probes: fc.constantFrom("store" as const, "api" as const),
        faults: withoutFaults ? fc.constant([]) : faultPlan(shape),
        // What came later is drawn last, so that all else in a campaign's runs is as it was before.
        services: serviceCommands(),
        proxies: fc.boolean(),
        dns: fc.constantFrom(false, false, true),
        lie: lie(shape),
        served: served(traffic, withoutFaults),
        losses: losses(shape),
        scarce: scarcity(),
        besides: chores(),
        sets: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: setCommands() }),
        readers: fc.boolean(),
        impatient: impatience(),
        mortal: mortality(),
        rented: renting === "always" ? clouds() : nowAndThen(clouds(), 10),
        errand: errands({ topology: shape, isTight }),
        manner: manner(shape),
        historyLimit: fc.constantFrom(undefined, undefined, undefined, 0, 1),
        venture: ventures({ topology: shape, isTight }),
        drawn: families(),
        edits: serviceEdits(),
        pursuit: pursuits(),
        mannerOfSets: setManners(),
        orders: standingOrders(),
        startOfSets: setStarts(),
      })
      .map(
        ({
          services,
          proxies,
          dns,
          lie: lying,
          served: serving,
          losses: lost,
          scarce,
          sets,
          besides,
          readers,
          impatient,
          mortal,
          rented,
          errand,
          manner: instead,
          historyLimit,
          venture,
          drawn,
          edits,
          pursuit,
          mannerOfSets,
          orders,
          startOfSets,
          ...run
        }) => {
          const withFamilies = (each: RunDefinition) => (drawn ? ofFamilies(each, drawn) : each);
          if (serving) return withFamilies({ ...serving, seed: run.seed, ...defect });
          const extras = { ...(proxies ? { proxies } : {}), ...(dns ? { dns } : {}) };
          // A disk that lies is found out beside no other fault of the store; see `lyingDisk`.
          const isUsual = !withoutFaults && instead === null;
          const isLying = lying !== null && isUsual && mutation === undefined;
          const isLosing = lost !== null && isUsual && mutation === undefined;
          const others = instead !== null && !withoutFaults ? { faults: instead } : {};
          const hasServices = services.length > 0;
          // Sets have a cluster with room for them: how many pods they surge by is nobody's count.
          const added = [
            ...(hasServices ? services : []),
            ...(isTight ? [] : [...(sets ?? []), ...within(besides, shape)]),
            ...venture,
            ...errand,
          ];
          const undertaken = isTight ? [] : besideEachOther(pursuit, orders);
          const edited = mannered([...added, ...editsOf(added, edits), ...undertaken], {
            ...mannerOfSets,
            ...startOfSets,
          });
          const made = {
            ...run,
            workload: changed([...run.workload, ...edited], { impatient, historyLimit }).sort(
              (a, b) => a.atMs - b.atMs,
            ),
            topology: withLosses(withScarcity({ ...run.topology, ...(hasServices ? extras : {}) }, scarce), {
              impatient,
              mortal,
            }),
            ...(isLying ? { faults: lying } : isLosing ? { faults: [...run.faults, ...lost] } : others),
            healAtMs: workloadMsMax + faultyMs,
            ...(undertaken.some(isTimed) ? { startMs: timetableStartMs } : {}),
            ...(readers ? { readers } : {}),
            ...defect,
          };
          return withFamilies(rented && renting !== "never" ? inClouds(made, rented, withoutFaults) : made);
        },
      );
  });
}

/** Both, where they are not about the same. */
function besideEachOther(one: readonly Command[], other: readonly Command[]): readonly Command[] {
  const names = new Set(one.map(({ name }) => name));
  return other.some(({ name }) => names.has(name)) ? one : [...one, ...other];
}

/** The same run with nodes of providers beside its own. */
function inClouds(run: RunDefinition, { clouds: rented, faults }: Clouds, withoutFaults: boolean): RunDefinition {
  return {
    ...run,
    workload: rentedFor(run.workload, rented),
    topology: { ...run.topology, clouds: rented },
    faults: withoutFaults ? run.faults : [...run.faults, ...faults],
  };
}

/** Now and then a run of another sort: real servers in computers of their own cost ten times what played ones do. */
function served(
  traffic: Required<RunDefinitionOptions>["traffic"],
  withoutFaults: boolean,
): fc.Arbitrary<TrafficRun | null> {
  const run = trafficRun(withoutFaults ? { calm: true } : {});
  if (traffic === "always") return run;
  return traffic === "never" ? fc.constant(null) : nowAndThen(run, 40);
}

/** Now and then, where there are others to learn from, a replica whose disk lies. */
function lie(shape: Topology): fc.Arbitrary<readonly Fault[] | null> {
  if (shape.stores === 1) return fc.constant(null);
  return nowAndThen(lyingDisk(shape, componentsOf(shape)), 15);
}

/** Now and then disks that are full or, where there is a minority that can be done without, lost. */
function losses(shape: Topology): fc.Arbitrary<readonly Fault[] | null> {
  const where = { members: storeAddresses(shape), untilMs: workloadMsMax };
  return nowAndThen(shape.stores === 1 ? fullDisks(where) : fc.oneof(diskLosses(where), fullDisks(where)), 15);
}

/** One time in so many; else nothing. (The `freq` of fast-check's own `option` is how rare the nothing is.) */
function nowAndThen<T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

/** A cluster that can do the work: with nodes just large enough, if it is to be `isTight`. */
function suited(shape: Topology, work: readonly Command[], isTight: boolean): Topology {
  const podsPerNode = Math.max(1, Math.ceil(podsMaxOf(work) / shape.nodes));
  const nodeCapacity = { cpu: `${podsPerNode * podCpuMillis}m` };
  // A node that was deleted shows itself again with its next report.
  const timings = { statusReportMs: 10_000 };
  const losesNodes = work.some(({ op }) => op === "deleteNode");
  return { ...shape, ...(isTight ? { nodeCapacity } : {}), ...(losesNodes ? { timings } : {}) };
}

/** The DNS server has an address of its own, which a narrow range would not have. */
function withScarcity(shape: Topology, { serviceCidr, nodePorts, ...scarce }: Scarcity): Topology {
  const timings = { ...shape.timings, ...scarce.timings };
  const narrow = shape.dns ? {} : present({ serviceCidr, nodePorts });
  return { ...shape, ...scarce, ...narrow, ...(Object.keys(timings).length > 0 ? { timings } : {}) };
}

/** What all Deployments of a run have in common. */
interface Habits {
  /** Their pods bear a lost node only as long as a run takes, where that is to be seen. */
  readonly impatient: Impatience | null;
  /** How many old ReplicaSets they keep. */
  readonly historyLimit: number | undefined;
}

function changed(commands: readonly Command[], { impatient, historyLimit }: Habits): Command[] {
  const habits = {
    ...(impatient ? { bearsSeconds: impatient.bearsSeconds } : {}),
    ...present({ revisionHistoryLimit: historyLimit }),
  };
  return commands.map((each) => (each.op === "create" ? { ...each, ...habits } : each));
}

/** Instead of faults of every kind now and then none at all, or nodes' only: then more can be asked of a cluster. */
function manner(shape: Topology): fc.Arbitrary<readonly Fault[] | null> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: nodeTroubles(shape) },
  );
}

interface Losses {
  readonly impatient: Impatience | null;
  readonly mortal: ReadonlyMap<number, ImageBehaviour>;
}

function withLosses(shape: Topology, { impatient, mortal }: Losses): Topology {
  const { images = { images: {} }, timings } = shape;
  const mortals = [...mortal].map(([index, life]) => {
    const name = imageNames[index] ?? "";
    return [name, { ...images.images[name], ...life }] as const;
  });
  return {
    ...shape,
    ...(mortals.length > 0 ? { images: { images: { ...images.images, ...Object.fromEntries(mortals) } } } : {}),
    ...(impatient ? { timings: { ...timings, ...impatient.timings } } : {}),
  };
}

/** Without the nodes that there are not. */
function within(commands: readonly Command[], { nodes }: Topology): readonly Command[] {
  return commands.filter((each) => each.op !== "cordon" || Number(each.name.split("-")[1]) < nodes);
}
