import type { Action } from "../plan.ts";
import { together } from "../pods/slow_start.ts";
import type { Owners } from "./owners.ts";

/** A mirror may lag: that owners are gone is believed only when the server says so, too. */
export function lookAgain({ absent }: Pick<Owners, "absent">): Action[] {
  const looks = absent.map(({ reference, kind, namespace }): Action => {
    const { name, uid } = reference;
    return { op: "ensureAbsent", kind, namespace, name, uid };
  });
  return together(looks);
}
