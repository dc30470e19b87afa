import type { Step } from "../../../runtime/mod.ts";
import type { PodTarget } from "../../network/streams.ts";
import type { KubeletData } from "../data.ts";
import { type Beginning, carryOn } from "./carried.ts";
import { type Refusal, refusal, type Stream } from "./stream.ts";
import { podOf } from "./target.ts";

/** `kubectl port-forward`: one connection to a port of a pod, which the computer makes. */
export function openPortForward(
  data: KubeletData,
  { from, number }: Pick<Stream, "from" | "number">,
  { purpose, step }: { readonly purpose: PodTarget & { readonly port: number }; readonly step: Step },
): Beginning | Refusal {
  const pod = podOf(data, purpose);
  if ("ok" in pod) return pod;
  const { sandbox: found } = pod;
  if (!found?.ready) return refusal(500, `pod not found (${JSON.stringify(purpose.pod)})`);
  const { port } = purpose;
  const { sandbox } = found;
  const explain = (message = `failed to connect to localhost:${port}: i/o timeout`) => {
    // In containerd's words; the computer tells what came of the connection itself.
    const place = `network namespace "/var/run/netns/cni-${sandbox.slice(0, 8)}"`;
    return `failed to execute portforward in ${place}: ${message}`;
  };
  return carryOn(data, { from, number, pod, explain, purpose: { kind: "dial", sandbox, port } }, step);
}
