import type { Frozen, KubeObject } from "../../actors/api/types.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

interface Conditioned extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string | null;
    }[];
  };
}

/** What changed and back again unseen, because it could not be told, was told when it was. */
const unseenMs = 20_000;

/** The time of a condition is that of its last change: who says the same again, also after a restart, says it of then. */
export const conditionsKeepTheirTimes: Invariant = {
  name: "conditions keep their times",
  watch: (world) => ({
    commit({ key, object, previous, atMs }) {
      const before = (previous as Frozen<Conditioned> | undefined)?.status?.conditions;
      const now = (object as Frozen<Conditioned> | undefined)?.status?.conditions;
      if (!before || !now || before === now || previous?.metadata.uid !== object?.metadata.uid) return undefined;
      const wrong = now.find(({ type, status, lastTransitionTime }) => {
        const old = before.find((each) => each.type === type);
        return old !== undefined && old.status === status && old.lastTransitionTime !== lastTransitionTime;
      });
      if (!wrong || isTroubled(world, { fromMs: atMs - unseenMs, toMs: atMs }, isBorne)) return undefined;
      return `${key}: ${wrong.type} is ${wrong.status} as before, and now since ${wrong.lastTransitionTime}`;
    },
  }),
};

const isBorne = (fault: Fault) => isOfKubelet(fault) && fault.kind === "crash";
