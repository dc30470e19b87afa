import type { Address } from "../../runtime/mod.ts";
import { managerAddress, schedulerAddress } from "../../scenarios/cluster/topology.ts";
import type { Invariant } from "../engine/invariant.ts";

/** The part of a scheduler's or a controller manager's data that tells until when it may write. */
interface Candidate {
  readonly election?: { leadsUntilMs(): number };
}

/** Of several schedulers, and of several controller managers, at most one believes at a time that it may write. */
export const oneLeadsAtATime: Invariant = {
  name: "one leads at a time",
  watch({ definition, simulation }) {
    const { schedulers = 1, managers = 1 } = definition.topology;
    const groups = [addresses(schedulers, schedulerAddress), addresses(managers, managerAddress)];
    const groupOf = new Map<Address, readonly Address[]>();
    for (const group of groups) if (group.length > 1) for (const each of group) groupOf.set(each, group);
    const leads = (address: Address) => {
      const { election } = (simulation.dataOf(address) as Candidate | undefined) ?? {};
      return election !== undefined && simulation.uptimeMs() < election.leadsUntilMs();
    };
    return {
      step(address) {
        const group = groupOf.get(address);
        if (!group || !leads(address)) return undefined;
        const other = group.find((each) => each !== address && leads(each));
        return other && `${address} and ${other} both lead`;
      },
    };
  },
};

function addresses(count: number, address: (index: number) => Address): readonly Address[] {
  return Array.from({ length: count }, (_each, index) => address(index));
}
