import type { ComputerData } from "../../actors/computer/data.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";

/** What nobody has missed, forgotten or kept for too long, nobody changes who looks at all of it anew. */
export const freshLookRule = "who begins anew finds nothing to do";
/** So long all that begin anew have to read what there is, and to act on it. */
export const freshLookMs = 6_000;

/** What only follows the API, and knows nothing but what it has read there. */
const followers = new Set(["controller", "cloud_controller", "kube_proxy"]);

/** What was in force before some began anew. */
export interface FreshLook {
  /** Which node is led otherwise now. */
  difference(): string | undefined;
}

/**
 * Ends all control loops and kube-proxies of a cluster at rest, which begin again at once, knowing nothing: whatever
 * they change then, those before them had missed.
 */
export function lookAnew(simulation: Simulation): FreshLook {
  const before = rulesOn(simulation);
  for (const address of simulation.addresses()) {
    const { kind = "", state } = simulation.report(address) ?? {};
    if (followers.has(kind) && state === "running") simulation.crashNow(address, "it looks anew at what there is");
  }
  return {
    difference() {
      const after = rulesOn(simulation);
      for (const [address, rules] of before) {
        if (after.get(address) !== rules) return `${address} had the rules ${rules}, and has ${after.get(address)}`;
      }
      return undefined;
    },
  };
}

function rulesOn(simulation: Simulation): ReadonlyMap<string, string> {
  const computers = simulation.addresses().filter((each) => each.startsWith("computer/"));
  return new Map(
    computers.flatMap((address) => {
      const data = simulation.dataOf(address) as ComputerData | undefined;
      if (!data) return [];
      const rules = [...data.rules.rules].sort(([a], [b]) => (a < b ? -1 : 1));
      return [[address, JSON.stringify([rules, data.rules.settings()])] as const];
    }),
  );
}
