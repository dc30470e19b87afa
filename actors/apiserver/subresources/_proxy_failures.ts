import { type Status, serviceUnavailable, unknownFailure } from "../../api/status.ts";
import type { ProxyFailure } from "../proxy/proxy_stream.ts";
import { upgradeFailure } from "../proxy/upgrades.ts";
import { dialError } from "./_pod_target.ts";

const refusal = /refused|failed to connect/i;

/** Why nobody has answered, as Kubernetes tells it: in other words to who wanted to go on with another protocol. */
export function proxyFailure(
  why: ProxyFailure,
  { address, isUpgrade }: { readonly address: string; readonly isUpgrade: boolean },
): Status {
  if (typeof why !== "string" && "badSwitch" in why) return unknownFailure(why.badSwitch);
  const text = typeof why !== "string" && "failed" in why ? dialError(address, why) : wordsOf(why, address);
  return isUpgrade
    ? unknownFailure(upgradeFailure(text))
    : serviceUnavailable(`error trying to reach service: ${text}`);
}

/** As Go says it of a connection of its own: kubelets say how they forward ports. */
function wordsOf(why: string | { readonly message: string }, address: string): string {
  const text = typeof why === "string" ? why : why.message;
  return refusal.test(text) ? `dial tcp ${address}: connect: connection refused` : text;
}
