import type { Fault, FaultKind } from "../../runtime/faults/fault.ts";
import { all } from "../../runtime/faults/kinds/all.ts";
import type { clockSkew } from "../../runtime/faults/kinds/clock_skew.ts";
import type { crash } from "../../runtime/faults/kinds/crash.ts";
import type { delay } from "../../runtime/faults/kinds/delay.ts";
import type { duplication } from "../../runtime/faults/kinds/duplication.ts";
import type { lag } from "../../runtime/faults/kinds/lag.ts";
import type { loss } from "../../runtime/faults/kinds/loss.ts";
import type { lostFsync } from "../../runtime/faults/kinds/lost_fsync.ts";
import type { partition } from "../../runtime/faults/kinds/partition.ts";
import type { pause } from "../../runtime/faults/kinds/pause.ts";
import type { reordering } from "../../runtime/faults/kinds/reordering.ts";
import type { slowDevice } from "../../runtime/faults/kinds/slow_device.ts";
import type { tornWrite } from "../../runtime/faults/kinds/torn_write.ts";
import type { Address } from "../../runtime/mod.ts";
import type { Cluster } from "../create_cluster.ts";
import { type Duration, durationMs } from "./duration.ts";
import { isRole, resolveWho, type Who } from "./roles.ts";

type ParametersOf<Kind> = Kind extends FaultKind<infer Parameters> ? Parameters : never;

/** What each fault is told. */
interface FaultParameters {
  crash: ParametersOf<typeof crash>;
  pause: ParametersOf<typeof pause>;
  partition: ParametersOf<typeof partition>;
  delay: ParametersOf<typeof delay>;
  lag: ParametersOf<typeof lag>;
  loss: ParametersOf<typeof loss>;
  duplication: ParametersOf<typeof duplication>;
  reordering: ParametersOf<typeof reordering>;
  clockSkew: ParametersOf<typeof clockSkew>;
  slowDevice: ParametersOf<typeof slowDevice>;
  lostFsync: ParametersOf<typeof lostFsync>;
  tornWrite: ParametersOf<typeof tornWrite>;
}

/** Wherever a fault takes an address, a script may also name a role. */
type WithRoles<Parameters> = {
  readonly [Key in keyof Parameters]: Key extends "actor"
    ? Who
    : Key extends "actors" | "from" | "to"
      ? Who | readonly Who[]
      : Parameters[Key];
};

/** A fault that a script has begun. */
export interface Injection {
  /** In words: `store/1 crashes`. */
  readonly text: string;
  /** Whom it befell, by address. */
  readonly who: readonly Address[];
  heal(): Promise<void>;
}

/** How a fault ends. */
export interface InjectOptions {
  /** It heals by itself after so long. Default: when the script heals it. */
  readonly for?: Duration;
}

/** How a script breaks a cluster. */
export interface Faults {
  /** Begins a fault: `inject("crash", { actor: "leader of the store" })`. A crashed actor stays down until healed. */
  inject<Kind extends keyof FaultParameters>(
    kind: Kind,
    parameters: WithRoles<FaultParameters[Kind]>,
    options?: InjectOptions,
  ): Promise<Injection>;
  /** Any other kind of fault there is. */
  inject(kind: string, parameters: Fault["parameters"], options?: InjectOptions): Promise<Injection>;
  /** Ends all faults that the script has begun. */
  heal(): Promise<void>;
}

const kinds: readonly FaultKind[] = all as readonly FaultKind[];

/** Gives a script its faults; `note` hears of each. */
export function createFaults(cluster: Cluster, note: (text: string) => void): Faults {
  const active = new Set<() => Promise<void>>();

  async function inject(name: string, given: Fault["parameters"], options: InjectOptions = {}): Promise<Injection> {
    const kind = kinds.find((each) => each.kind === name);
    if (!kind) {
      const known = kinds.map((each) => each.kind).join(", ");
      throw new Error(`Cannot inject "${name}": there is no such fault, use one of: ${known}`);
    }
    const { parameters, who } = await resolved(cluster, given);
    const text = kind.describe(parameters as never);
    const forMs = options.for === undefined ? undefined : durationMs(options.for);
    const end = await cluster.host.inject({ kind: name, parameters, ...(forMs === undefined ? {} : { forMs }) });
    const endsAtMs = cluster.uptimeMs() + (forMs ?? Number.POSITIVE_INFINITY);
    note(`fault: ${text}${options.for === undefined ? "" : `, for ${options.for}`}`);
    const heal = async () => {
      if (!active.delete(heal)) return;
      await end();
      if (cluster.uptimeMs() < endsAtMs) note(`over: ${text}`);
    };
    active.add(heal);
    return { text, who, heal };
  }

  return {
    inject: inject as Faults["inject"],
    async heal() {
      for (const end of [...active]) await end();
    },
  };
}

/** The parameters with addresses for roles, and all those addresses. */
async function resolved(cluster: Cluster, given: Fault["parameters"]) {
  const who: Address[] = [];
  const parameters: Record<string, unknown> = { ...given };
  for (const key of ["actor", "actors", "from", "to"]) {
    const value = given[key];
    if (value === undefined) continue;
    const named: readonly Who[] = typeof value === "string" ? [value] : (value as readonly Who[]);
    const addresses = (await Promise.all(named.map((each) => resolveWho(cluster, each)))).flat();
    who.push(...addresses);
    parameters[key] = key === "actor" ? one(addresses, named) : addresses;
  }
  return { parameters, who };
}

function one(addresses: readonly Address[], named: readonly Who[]): Address {
  const [address] = addresses;
  if (address !== undefined && addresses.length === 1) return address;
  const what = isRole(named[0] ?? "") ? `"${named[0]}"` : named.join(", ");
  throw new Error(`Cannot inject a fault into ${what}: it takes one actor, ${addresses.length} were named`);
}
