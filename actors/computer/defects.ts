import type { CriAnswer, CriRequest } from "../cri/messages.ts";
import { ok } from "../kit/result.ts";
import type { ComputerDefect } from "./messages.ts";

const endings: readonly CriRequest["op"][] = ["StopContainer", "RemoveContainer", "StopPodSandbox", "RemovePodSandbox"];

/** What a computer with a defect answers instead of asking its container runtime; undefined: it asks. */
export function pretence(defects: readonly ComputerDefect[] | undefined, { op }: CriRequest): CriAnswer | undefined {
  return defects?.includes("deliversToTheDead") && endings.includes(op)
    ? op === "StopContainer"
      ? ok({})
      : ok(undefined)
    : undefined;
}
