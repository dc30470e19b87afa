import type { StoreInput } from "../../../actors/store/messages.ts";
import type { Address } from "../../../runtime/mod.ts";
import type { ParentInput } from "../model/parent.ts";

/** The address of the replicas' parent. */
export const parentAddress: Address = "store";

/** A replica by its name. */
export function replicaAddress(name: string): Address {
  return `${parentAddress}/${name}`;
}

/** Who founds a group of replicas, and who may be taken in. */
export interface Replicas {
  readonly founders: readonly string[];
  readonly spares: readonly string[];
  readonly input: Omit<StoreInput, "members">;
}

/** What the parent of a group is told to start. */
export function replicasIn({ founders, spares, input }: Replicas): ParentInput {
  const group = founders.map(replicaAddress);
  const children = [...founders, ...spares].map((name) => {
    const members = founders.includes(name) ? group : [...group, replicaAddress(name)];
    return { name, kind: "store", input: { ...input, members } };
  });
  return { children };
}
