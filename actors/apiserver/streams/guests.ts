import type { Address, Step } from "../../../runtime/mod.ts";

/** What is told when a kubelet goes down. */
export interface KubeletGuest {
  lost(step: Step): void;
}

/** Who has to know when a kubelet goes down. */
export interface Guests {
  readonly byKubelet: Map<Address, Set<KubeletGuest>>;
  /** Whether something else of this server still has to know when an actor goes down. */
  isWatched(address: Address): boolean;
}

/** Makes an empty one. */
export function createGuests(isWatched: (address: Address) => boolean): Guests {
  return { byKubelet: new Map(), isWatched };
}

/** Tells a guest when a kubelet goes down. */
export function visitKubelet({ byKubelet }: Guests, kubelet: Address, guest: KubeletGuest, step: Step): void {
  const guests = byKubelet.get(kubelet);
  if (guests) return void guests.add(guest);
  byKubelet.set(kubelet, new Set([guest]));
  step.monitor(kubelet);
}

/** A guest does not care any more. */
export function leaveKubelet(
  { byKubelet, isWatched }: Guests,
  kubelet: Address,
  guest: KubeletGuest,
  step: Step,
): void {
  const guests = byKubelet.get(kubelet);
  if (!guests?.delete(guest) || guests.size > 0) return;
  byKubelet.delete(kubelet);
  if (!isWatched(kubelet)) step.demonitor(kubelet);
}

/** Tells all guests of a kubelet that it is down. */
export function takeKubeletDown({ byKubelet }: Guests, kubelet: Address, step: Step): void {
  const guests = byKubelet.get(kubelet);
  if (!guests) return;
  byKubelet.delete(kubelet);
  for (const guest of guests) guest.lost(step);
}
