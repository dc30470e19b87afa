import type { Step } from "../../../runtime/mod.ts";
import type { StreamPurpose } from "../../network/streams.ts";
import type { KubeletData } from "../data.ts";
import { type Beginning, carryOn } from "./carried.ts";
import { type Refusal, refusal, type Stream } from "./stream.ts";
import { containerOf, podOf } from "./target.ts";

type Purpose = StreamPurpose & { readonly kind: "exec" | "attach" };

/**
 * `kubectl exec` and `attach`: the streams of a command that is run in a container, or of its own process, which the
 * computer carries on.
 */
export function openProcess(
  data: KubeletData,
  { from, number }: Pick<Stream, "from" | "number">,
  { purpose, step }: { readonly purpose: Purpose; readonly step: Step },
): Beginning | Refusal {
  const pod = podOf(data, purpose);
  if ("ok" in pod) return pod;
  const subject = containerOf(pod, purpose.container);
  if ("ok" in subject) return subject;
  const { name, id, phase, spec } = subject.container;
  const command = purpose.kind === "exec" ? purpose.command : undefined;
  if (command?.length === 0) return refusal(400, "you must specify at least 1 command for the container");
  if (id === undefined || (phase !== "running" && phase !== "stopping")) {
    return refusal(500, `container not found (${JSON.stringify(name)})`);
  }
  const { stdin } = purpose;
  const what = command ? "failed to exec in container" : "failed to attach to container";
  return carryOn(
    data,
    {
      ...{ from, number, pod },
      // Whether a process talks to a terminal cannot be changed after it has started.
      purpose: {
        ...{ kind: "process", container: id, stdin },
        ...(command ? { command } : {}),
        tty: purpose.kind === "exec" ? purpose.tty : (spec.tty ?? false),
      },
      explain: (message = "the container runtime does not answer") => `${what}: ${message}`,
    },
    step,
  );
}
