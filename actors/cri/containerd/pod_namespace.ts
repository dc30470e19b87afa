import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { Endpoint } from "../../network/endpoint.ts";

/** What is to lead out of a pod's network to who carries it on. */
export interface GateWay {
  /** Ranges of addresses that the machine does not have. */
  readonly ranges: readonly string[];
  /** Where connections are taken, and where datagrams. */
  readonly tcp: Endpoint;
  readonly udp: Endpoint;
  /** The machine's address is beside the pod's: no route has to be there for the ranges to be led to it. */
  readonly isNeighbour: boolean;
}

const chain = "KUBETROUPE";
const runMsMax = 10_000;

/**
 * Has the kernel translate what a pod sends to the ranges, in the pod's own network namespace and nowhere else: with the
 * namespace all of it goes. `pid` is a process of the pod.
 */
export async function leadOut(pid: number, { ranges, tcp, udp, isNeighbour }: GateWay): Promise<Result<void, string>> {
  const to = ({ ip, port }: Endpoint) => `DNAT --to-destination ${ip}:${port}`;
  const rules = ranges.flatMap((range) => [
    `-A ${chain} -d ${range} -p tcp -j ${to(tcp)}`,
    `-A ${chain} -d ${range} -p udp -j ${to(udp)}`,
  ]);
  const table = ["*nat", `:${chain} - [0:0]`, `-A OUTPUT -j ${chain}`, ...rules, "COMMIT", ""].join("\n");
  const routes = ranges.map((range) => `route replace ${range} via ${tcp.ip}\n`).join("");
  if (isNeighbour) {
    const routed = await inNamespace(pid, ["ip", "-batch", "-"], routes);
    if (!routed.ok) return routed;
  }
  return inNamespace(pid, ["iptables-restore", "--noflush", "--wait"], table);
}

function inNamespace(pid: number, command: readonly string[], input: string): Promise<Result<void, string>> {
  return new Promise((resolve) => {
    const args = [`--net=/proc/${pid}/ns/net`, "--", ...command];
    const child = execFile("nsenter", args, { timeout: runMsMax }, (error, _stdout, stderr) => {
      const why = stderr.trim().split("\n", 1)[0] || error?.message || "";
      resolve(error ? failed(`${command[0]}: ${why}`) : ok(undefined));
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** What the kernel has of the flows of a pod's network; empty when the pod is gone. */
export function flowsOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/net/nf_conntrack`, "utf8").catch(() => "");
}
