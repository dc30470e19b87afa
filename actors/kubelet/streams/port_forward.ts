import type { Step } from "../../../runtime/mod.ts";
import type { PodTarget, StreamAnswer, StreamClose, StreamMessage, StreamOpen } from "../../network/streams.ts";
import { askMachine } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import { closeNow } from "./end_stream.ts";
import { newStream, type Refusal, refusal, type Stream } from "./stream.ts";
import { podOf } from "./target.ts";

const dialMsMax = 30_000;

/** What is told when the stream stands, or cannot. */
type Answer = (answer: StreamAnswer) => void;

/**
 * `kubectl port-forward`: one connection to a port of a pod. The machine makes it; what both ends write and take is
 * passed on as it comes, so that no more is under way than the two allow each other.
 */
export function openPortForward(
  data: KubeletData,
  { from, number }: Pick<Stream, "from" | "number">,
  { purpose, step }: { readonly purpose: PodTarget & { readonly port: number }; readonly step: Step },
): { readonly stream: Stream; readonly begin: (answer: (step: Step) => Answer) => void } | Refusal {
  const pod = podOf(data, purpose);
  if ("ok" in pod) return pod;
  const { machine, node } = data.input;
  const { sandbox } = pod;
  if (!sandbox?.ready) return refusal(500, `pod not found (${JSON.stringify(purpose.pod)})`);
  if (machine === undefined) {
    return refusal(500, `unable to do port forwarding: node ${JSON.stringify(node)} carries no connections`);
  }
  const { port } = purpose;
  const carried = step.nextId();
  const pass = (message: StreamMessage, later: Step) =>
    later.send(machine, { ...message, stream: carried } as StreamMessage);
  const stream = newStream(
    { from, number, pod },
    {
      data: (message, later) => pass(message, later),
      taken: (size, later) => pass({ type: "stream.taken", stream: carried, size }, later),
      ended: (later) => pass({ type: "stream.end", stream: carried }, later),
      released(later, close) {
        if (data.streams.carried.delete(carried)) pass(close ?? { type: "stream.close", stream: carried }, later);
      },
    },
  );
  const begin = (answer: (step: Step) => Answer) => {
    data.streams.carried.set(carried, stream);
    const message: StreamOpen = {
      type: "stream.open",
      stream: carried,
      purpose: { kind: "dial", sandbox: sandbox.sandbox, port },
    };
    askMachine<StreamAnswer>(data, step, { message, timeoutMs: dialMsMax }, (dialled, later) => {
      answer(later)({ ok: true });
      if (dialled?.ok) return;
      data.streams.carried.delete(carried);
      const cause = dialled?.message ?? `failed to connect to localhost:${port}: i/o timeout`;
      const place = `network namespace "/var/run/netns/cni-${sandbox.sandbox.slice(0, 8)}"`;
      // In containerd's words; the machine tells what came of the connection itself.
      closeNow(data, stream, later, { error: `failed to execute portforward in ${place}: ${cause}` });
    });
  };
  return { stream, begin };
}

/** The machine says something about a connection that it carries: the opener is told. */
export function machineSays(data: KubeletData, message: StreamMessage, step: Step) {
  const stream = data.streams.carried.get(message.stream);
  if (!stream || message.type === "stream.open") return;
  if (message.type !== "stream.close")
    return step.send(stream.from, { ...message, stream: stream.number } as StreamMessage);
  data.streams.carried.delete(message.stream);
  const { type, stream: _number, ...closing } = message satisfies StreamClose;
  closeNow(data, stream, step, closing);
}
