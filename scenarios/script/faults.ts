import type { FaultName, FaultParameters } from "../../runtime/faults/fault.ts";
import { bindFault, parseFault } from "../../runtime/faults/known_faults.ts";
import type { Address } from "../../runtime/mod.ts";
import type { Cluster } from "../cluster/create_cluster.ts";
import { type Duration, durationMs } from "./duration.ts";
import { isRole, resolveWho, type Who } from "./roles.ts";

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
  inject<Name extends FaultName>(
    kind: Name,
    parameters: WithRoles<FaultParameters[Name]>,
    options?: InjectOptions,
  ): Promise<Injection>;
  /** Ends all faults that the script has begun. */
  heal(): Promise<void>;
}

/** Gives a script its faults; `note` hears of each. */
export function createFaults(cluster: Cluster, note: (text: string) => void): Faults {
  const active = new Set<() => Promise<void>>();

  async function inject(kind: FaultName, given: object, options: InjectOptions = {}): Promise<Injection> {
    const { parameters, who } = await resolved(cluster, given);
    const { text } = bindFault({ kind, parameters });
    const forMs = options.for === undefined ? undefined : durationMs(options.for);
    const action = parseFault({ kind, parameters, ...(forMs === undefined ? {} : { forMs }) });
    const end = await cluster.host.inject(action);
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
    inject,
    async heal() {
      for (const end of [...active]) await end();
    },
  };
}

/** The parameters with addresses for roles, and all those addresses. */
async function resolved(cluster: Cluster, given: object) {
  const who: Address[] = [];
  const parameters: Record<string, unknown> = { ...given };
  for (const key of ["actor", "actors", "from", "to"]) {
    const value = parameters[key];
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
