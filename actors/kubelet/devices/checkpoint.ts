import type { Step } from "../../../runtime/mod.ts";
import type { FilesAnswer, VolumeAnswer } from "../../computer/messages.ts";
import { askComputer } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import { restoreState, stateFile, stateFolder, stateText } from "./claims.ts";

const answerMsMax = 10_000;
const retryMs = 1_000;

/** Writes down which claims are prepared, or may be, one text after the other; `then` goes on once that is on the disk. */
export function writeDown(data: KubeletData, step: Step, then: (step: Step) => void): void {
  data.devices.unwritten.push(then);
  if (!data.devices.isWriting) write(data, step);
}

function write(data: KubeletData, step: Step): void {
  const { devices } = data;
  const waiting = devices.unwritten.splice(0);
  const request = { op: "WriteFile", path: `${stateFolder}/${stateFile}`, data: stateText(devices) } as const;
  const message = { type: "volume.call", request } as const;
  devices.isWriting = true;
  askComputer<VolumeAnswer>(data, step, { message, timeoutMs: answerMsMax }, (answer, later) => {
    if (!answer?.ok) {
      devices.unwritten.unshift(...waiting);
      return void after(data, later, retryMs, (again) => write(data, again));
    }
    devices.isWriting = false;
    for (const then of waiting) then(later);
    if (devices.unwritten.length > 0 && !devices.isWriting) write(data, later);
  });
}

/** Reads what an earlier life of this kubelet wrote down. */
export function readUp(data: KubeletData, step: Step, then: (step: Step) => void) {
  if (!data.input.drivers?.length) return then(step);
  const message = { type: "volume.call", request: { op: "ReadFiles", folder: stateFolder } } as const;
  askComputer<FilesAnswer>(data, step, { message, timeoutMs: answerMsMax }, (answer, later) => {
    if (!answer?.ok) return void after(data, later, retryMs, (again) => readUp(data, again, then));
    const text = answer.value[stateFile];
    if (text !== undefined) restoreState(data.devices, text);
    then(later);
  });
}
