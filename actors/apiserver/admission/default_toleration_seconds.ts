import type { Frozen, Pod, Toleration } from "../../api/types.ts";
import type { AdmissionPlugin } from "./_plugin.ts";

const lossTaints = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
const lossTolerationSeconds = 300;

/**
 * A pod that does not say how long it bears the loss of its node bears it for five minutes: who replaces its tolerations
 * need not repeat that.
 */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  place: 15,
  handles: [{ operations: ["CREATE", "UPDATE"], resources: ["pods"] }],
  admit({ draft }, verdict, step) {
    // An object of the kind has been read by the kind's schema.
    if (draft) bearLoss((draft as Pod).spec);
    verdict(undefined, step);
  },
};

function bearLoss(spec: Pod["spec"]): void {
  const tolerations = spec.tolerations ?? [];
  const added = lossTaints.filter((key) => !tolerations.some((each) => toleratesLoss(each, key)));
  if (added.length === 0) return;
  const made = added.map((key): Toleration => {
    return { key, operator: "Exists", effect: "NoExecute", tolerationSeconds: lossTolerationSeconds };
  });
  spec.tolerations = [...tolerations, ...made];
}

function toleratesLoss(toleration: Frozen<Toleration>, key: string): boolean {
  const everyKey = !toleration.key && toleration.operator === "Exists";
  return (everyKey || toleration.key === key) && (!toleration.effect || toleration.effect === "NoExecute");
}
