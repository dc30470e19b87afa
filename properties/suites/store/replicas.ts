import { setup } from "xstate";
import type { StoreInput } from "../../../actors/store/messages.ts";
import { type Address, type ChartTypes, defineActor, reducers } from "../../../runtime/mod.ts";

/** The input of the replicas' parent: who founds the group, and who may be taken in. */
export interface ReplicasInput {
  readonly founders: readonly string[];
  readonly spares: readonly string[];
  readonly input: Omit<StoreInput, "members">;
}

/** What the replicas' parent has seen. */
export interface ReplicasData extends ReplicasInput {
  /** Why they crashed of themselves: faults give no such reason. */
  readonly errors: string[];
}

/** The address of the replicas' parent. */
export const parentAddress: Address = "store";

/** A replica by its name. */
export function replicaAddress(name: string): Address {
  return `${parentAddress}/${name}`;
}

const { act, on, begin } = reducers<ReplicasData, never>();

/** The parent of all replicas: restarts them, and notes what goes wrong of itself. */
export const replicas = defineActor<ReplicasInput>({
  kind: "replicas",
  module: import.meta.url,
  permissions: { read: ["*"], write: ["*"] },
  machine: setup({
    types: {} as ChartTypes<ReplicasData, never, ReplicasInput>,
    actions: {
      spawn: act(({ founders, spares, input }, _event, step) => {
        const group = founders.map(replicaAddress);
        for (const name of [...founders, ...spares]) {
          const members = founders.includes(name) ? group : [...group, replicaAddress(name)];
          step.spawn({ name, kind: "store", input: { ...input, members }, restartsMax: 10_000 });
        }
      }),
      note: on("child.exited", ({ errors }, { reason }) => {
        if (reason.includes("Error")) errors.push(reason);
      }),
    },
  }).createMachine({
    id: "replicas",
    context: begin((input: ReplicasInput) => ({ ...input, errors: [] })),
    initial: "supervising",
    states: { supervising: { entry: "spawn", on: { "child.exited": { actions: "note" } } } },
  }),
});
