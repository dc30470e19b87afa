import type { Frozen, Toleration } from "../../api/types.ts";
import { fillsInNewPods } from "./_new_pods.ts";

const lossTaints = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
const lossTolerationSeconds = 300;

/** A pod that does not say how long it bears the loss of its node bears it for five minutes. */
export const defaultTolerationSeconds = fillsInNewPods({
  name: "DefaultTolerationSeconds",
  place: 15,
  fill(spec) {
    const tolerations = spec.tolerations ?? [];
    const added = lossTaints.filter((key) => !tolerations.some((each) => toleratesLoss(each, key)));
    const made = added.map((key): Toleration => {
      return { key, operator: "Exists", effect: "NoExecute", tolerationSeconds: lossTolerationSeconds };
    });
    spec.tolerations = [...tolerations, ...made];
  },
});

function toleratesLoss(toleration: Frozen<Toleration>, key: string): boolean {
  const everyKey = !toleration.key && toleration.operator === "Exists";
  return (everyKey || toleration.key === key) && (!toleration.effect || toleration.effect === "NoExecute");
}
