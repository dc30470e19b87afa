import type { Step } from "../../../runtime/mod.ts";
import type { PodTarget } from "../../network/streams.ts";
import { callCri } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import { closeWhenSent } from "./end_stream.ts";
import { newStream, type Refusal, refusal, type Stream, tellTaken, write } from "./stream.ts";
import { containerOf, podOf } from "./target.ts";

/** A command may run as long as it likes; timers of hosts end here. */
const commandMsMax = 86_400_000;

/**
 * `kubectl exec`: runs a command in a container and tells what it wrote when it has ended. Nothing reads its standard
 * input: what the opener writes there is taken and dropped.
 */
export function openExec(
  data: KubeletData,
  { from, number }: Pick<Stream, "from" | "number">,
  { purpose, step }: { readonly purpose: PodTarget & { readonly command: readonly string[] }; readonly step: Step },
): Stream | Refusal {
  const pod = podOf(data, purpose);
  if ("ok" in pod) return pod;
  const subject = containerOf(pod, purpose.container);
  if ("ok" in subject) return subject;
  const { name, id, phase } = subject.container;
  if (purpose.command.length === 0) return refusal(400, "you must specify at least 1 command for the container");
  if (id === undefined || (phase !== "running" && phase !== "stopping")) {
    return refusal(500, `container not found (${JSON.stringify(name)})`);
  }
  const stream: Stream = newStream({ from, number, pod }, step, {
    data: (message, later) => tellTaken(stream, later, message.data.length),
  });
  const request = { op: "ExecSync", container: id, command: purpose.command, timeoutMs: commandMsMax } as const;
  callCri(data, step, request, (answer, later) => {
    if (!answer.ok) return closeWhenSent(data, stream, later, { error: answer.message });
    write(stream, later, "stdout", answer.stdout ?? "");
    write(stream, later, "stderr", answer.stderr ?? "");
    closeWhenSent(data, stream, later, { exitCode: answer.exitCode ?? 0 });
  });
  return stream;
}
