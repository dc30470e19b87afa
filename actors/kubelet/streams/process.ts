import type { Step } from "../../../runtime/mod.ts";
import type { StreamPurpose } from "../../network/streams.ts";
import { callCri } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import { type Beginning, carryOn } from "./carried.ts";
import { closeWhenSent } from "./end_stream.ts";
import { newStream, type Refusal, refusal, type Stream, tellTaken, write } from "./stream.ts";
import { containerOf, podOf } from "./target.ts";

/** A command may run as long as it likes; timers of hosts end here. */
const commandMsMax = 86_400_000;
const encoder = new TextEncoder();

type Purpose = StreamPurpose & { readonly kind: "exec" | "attach" };

/**
 * `kubectl exec` and `attach`: the streams of a command that is run in a container, or of its own process, which the
 * computer carries on. On a node without a computer a command can be run, whose output comes at its end.
 */
export function openProcess(
  data: KubeletData,
  { from, number }: Pick<Stream, "from" | "number">,
  { purpose, step }: { readonly purpose: Purpose; readonly step: Step },
): Beginning | Stream | Refusal {
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
  const { computer, node } = data.input;
  const opened = { from, number, pod };
  if (computer === undefined) {
    if (command) return runSilently(data, opened, { id, command, step });
    return refusal(500, `unable to attach to a container: node ${JSON.stringify(node)} carries no streams`);
  }
  const { stdin } = purpose;
  const what = command ? "failed to exec in container" : "failed to attach to container";
  return carryOn(
    data,
    {
      ...{ ...opened, computer },
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

function runSilently(
  data: KubeletData,
  opened: Pick<Stream, "from" | "number" | "pod">,
  { id, command, step }: { readonly id: string; readonly command: readonly string[]; readonly step: Step },
): Stream {
  const stream: Stream = newStream(opened, step, {
    data: (message, later) => tellTaken(stream, later, message.data.length),
  });
  const request = { op: "ExecSync", container: id, command, timeoutMs: commandMsMax } as const;
  callCri(data, step, request, (answer, later) => {
    if (!answer.ok) return closeWhenSent(data, stream, later, { error: answer.message });
    write(stream, later, "stdout", bytesOf(answer.stdout ?? ""));
    write(stream, later, "stderr", bytesOf(answer.stderr ?? ""));
    closeWhenSent(data, stream, later, { exitCode: answer.exitCode ?? 0 });
  });
  return stream;
}

/** A text as the bytes of its UTF-8, a character each. */
function bytesOf(text: string): string {
  let bytes = "";
  for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}
