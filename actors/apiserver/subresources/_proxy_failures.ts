import { type Status, serviceUnavailable, unknownFailure } from "../../api/status.ts";
import type { ProxyFailure } from "../proxy/proxy_stream.ts";
import { dialError } from "./_pod_target.ts";

const refusal = /refused|failed to connect/i;
const noTls = /^tls: |^remote error: tls: |^http: server gave HTTP/;

/** Why nobody has answered, as Kubernetes tells it: in other words to who wanted to go on with another protocol. */
export function proxyFailure(
  why: ProxyFailure,
  { address, isUpgrade }: { readonly address: string; readonly isUpgrade: boolean },
): Status {
  if (typeof why !== "string" && "badSwitch" in why) return unknownFailure(why.badSwitch);
  const text = typeof why !== "string" && "failed" in why ? dialError(address, why) : wordsOf(why, address);
  if (!isUpgrade) return serviceUnavailable(`error trying to reach service: ${text}`);
  if (text.startsWith("dial tcp ")) return unknownFailure(`error dialing backend: ${text}`);
  if (noTls.test(text))
    return unknownFailure(
      `error dialing backend: ${text.replace(/^http: .*/, "tls: first record does not look like a TLS handshake")}`,
    );
  return unknownFailure(/^(?:EOF|other side closed|terminated)$/.test(text) ? "unexpected EOF" : text);
}

/** As Go says it of a connection of its own: kubelets say how they forward ports. */
function wordsOf(why: string | { readonly message: string }, address: string): string {
  const text = typeof why === "string" ? why : why.message;
  return refusal.test(text) ? `dial tcp ${address}: connect: connection refused` : text;
}
