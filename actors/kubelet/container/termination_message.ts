import type { Step } from "../../../runtime/mod.ts";
import type { LogAnswer, LogLine } from "../../cri/messages.ts";
import { callLogs } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import type { Subject, Termination } from "../pod/pod_record.ts";

const linesMax = 80;
const lengthMax = 2_048;

/** A container that failed, and wants it so, says why by the last that it wrote. */
export function readTerminationMessage(data: KubeletData, { pod, container }: Subject, step: Step): void {
  const { end, id } = container;
  if (!end || id === undefined || end.exitCode === 0 || end.message !== undefined) return;
  if (container.spec.terminationMessagePolicy !== "FallbackToLogsOnError") return;
  const request = { op: "ReadLogs", container: id, after: 0, linesMax, tail: linesMax } as const;
  const take = (answer: LogAnswer) => {
    const message = answer.ok ? tailOf(answer.value) : "";
    if (message === "") return;
    const tell = (told: Termination | undefined) => (told?.containerId === id ? { ...told, message } : told);
    container.end = tell(container.end);
    container.last = tell(container.last);
    data.dirty.add(pod);
  };
  callLogs(data, { request, take }, step);
}

function tailOf(lines: readonly LogLine[]): string {
  const text = lines
    .slice(-linesMax)
    .map(({ text, isPartial }) => (isPartial ? text : `${text}\n`))
    .join("");
  return text.slice(-lengthMax);
}
