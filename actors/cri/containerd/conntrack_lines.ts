import type { Endpoint } from "../../network/endpoint.ts";

/** What a connection or a datagram came from, as it arrived after translation. */
export interface Arrived {
  readonly protocol: "tcp" | "udp";
  readonly from: Endpoint;
}

/**
 * Where something was sent before a kernel translated its target: found in the text of `/proc/PID/net/nf_conntrack` of
 * the namespace that translated it. The reply of such a flow goes to whom it arrived from; undefined when none does.
 */
export function originalTarget(text: string, { protocol, from }: Arrived): Endpoint | undefined {
  for (const line of text.split("\n")) {
    if (!line.startsWith("ipv4 ") || line.split(/\s+/, 3)[2] !== protocol) continue;
    const [, original, reply] = line.split(/(?=\bsrc=)/);
    if (fieldOf(reply, "dst") !== from.ip || fieldOf(reply, "dport") !== String(from.port)) continue;
    return { ip: fieldOf(original, "dst"), port: Number(fieldOf(original, "dport")) };
  }
  return undefined;
}

function fieldOf(tuple: string | undefined, key: string): string {
  return new RegExp(`\\b${key}=(\\S+)`).exec(tuple ?? "")?.[1] ?? "";
}
