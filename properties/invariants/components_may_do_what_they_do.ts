import type { Refusals } from "../../actors/apiserver/refusals.ts";
import type { Address } from "../../runtime/mod.ts";
import { apiServerAddress } from "../../scenarios/cluster/topology.ts";
import type { Invariant } from "../engine/invariant.ts";

/** A server that has not yet heard of a pod refuses its kubelet what is the pod's: it asks again, as on a real cluster. */
const unheardOf = "no relationship found between node ";

/** No component asks for what its roles do not give it. */
export const componentsMayDoWhatTheyDo: Invariant = {
  name: "components ask for nothing that they may not have",
  watch({ definition, simulation }) {
    const known = new Map<Address, number>();
    for (let index = 0; index < definition.topology.apiservers; index++) known.set(apiServerAddress(index), 0);
    return {
      step(address) {
        const before = known.get(address);
        if (before === undefined) return undefined;
        const { refusals } = (simulation.dataOf(address) as { readonly refusals?: Refusals } | undefined) ?? {};
        const count = refusals?.count ?? 0;
        if (count === before) return undefined;
        known.set(address, count);
        // A server that was started anew counts from nothing.
        const fresh = count > before ? count - before : count;
        const wrong = refusals?.latest.slice(-fresh).find((text) => !text.includes(unheardOf));
        return wrong && `${address} refused: ${wrong}`;
      },
    };
  },
};
