import type { Address } from "../core/actor.ts";
import { actors, flag, optional, type ValuesOf } from "./parameters.ts";

/** Whether an address is one of these actors or below one of them; `"*"` is every actor. */
export function isAmong(addresses: readonly Address[], address: Address): boolean {
  return addresses.some((each) => each === "*" || each === address || address.startsWith(`${each}/`));
}

/** A link between two sets of actors, in both directions unless `oneWay` is true. */
export const linkShape = { from: actors(), to: actors(), oneWay: optional(flag()) } as const;

/** See `linkShape`. */
export type LinkParameters = ValuesOf<typeof linkShape>;

/** Whether a message travels on such a link. */
export function isOnLink({ from, to, oneWay = false }: LinkParameters, sender: Address, receiver: Address): boolean {
  if (isSameProcess(sender, receiver)) return false;
  if (isAmong(from, sender) && isAmong(to, receiver)) return true;
  return !oneWay && isAmong(to, sender) && isAmong(from, receiver);
}

/** A parent and its children are one process in the cluster that is performed: no network is between them. */
function isSameProcess(a: Address, b: Address): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** A link in words: `store/0 <-> store/1, store/2`. */
export function describeLink({ from, to, oneWay = false }: LinkParameters): string {
  return `${from.join(", ")} ${oneWay ? "->" : "<->"} ${to.join(", ")}`;
}

/** Whether somebody asks a provider of computers for something. */
export function isCloudCall(cloud: Address, { to, type }: { readonly to: Address; readonly type: string }): boolean {
  return to === cloud && type === "cloud.call";
}
