import type { Step } from "../../../runtime/mod.ts";
import { lookAfter, streamTickMs } from "../../network/stream_line.ts";
import { after, type KubeletData } from "../data.ts";
import { computerLost } from "./carried.ts";
import { giveUp } from "./end_stream.ts";
import { lookForLogs } from "./logs.ts";

/** Looks after streams as long as there are any: what is lost on their way is found, though nobody says anything. */
export function tend(data: KubeletData, step: Step): void {
  const { streams } = data;
  if (streams.isTended) return;
  streams.isTended = true;
  after(data, step, streamTickMs, (later) => {
    streams.isTended = false;
    lookAfterAll(data, later);
    if (streams.open.size > 0) tend(data, later);
  });
}

function lookAfterAll(data: KubeletData, step: Step) {
  const { streams, input } = data;
  for (const stream of [...streams.open.values()]) {
    // The opener knows of it when it was answered.
    const due = stream.answer ? undefined : lookAfter(stream.line, step.uptimeMs);
    if (due?.type === "broken") giveUp(data, stream, step, due.error);
    else if (due) step.send(stream.from, due);
  }
  for (const carried of [...streams.carried.values()]) {
    const due = carried.isOpen ? lookAfter(carried.line, step.uptimeMs) : undefined;
    if (due?.type === "broken") computerLost(data, carried, step, due.error);
    else if (due) step.send(input.computer, due);
  }
  lookForLogs(data, step);
}
