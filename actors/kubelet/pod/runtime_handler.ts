import type { Step } from "../../../runtime/mod.ts";
import { type RuntimeClass, runtimeClass } from "../../api/kinds/runtime_class.ts";
import { after, type KubeletData } from "../data.ts";
import { podLog } from "./pod_events.ts";
import type { PodRecord } from "./pod_record.ts";

/** A pod's class is looked for again after so long, as its sandbox would be. */
const retryMs = 10_000;

/** Learns what is to run a pod that names a RuntimeClass, and goes on then; others go on at once. */
export function learnHandler(
  data: KubeletData,
  pod: PodRecord,
  { step, goOn }: { readonly step: Step; readonly goOn: (step: Step) => void },
): void {
  const { runtimeClassName: name } = pod.pod.spec;
  if (name === undefined) {
    goOn(step);
    return;
  }
  data.client.get<RuntimeClass>(step, { kind: runtimeClass, name }, (found, later) => {
    // Stopped while it was looked up.
    if (data.pods.get(pod.identity) !== pod || pod.phase !== "mounting") return;
    if (found.ok) {
      pod.runtimeHandler = found.value.handler;
      return goOn(later);
    }
    const { code, message } = found.failure;
    const why = code === 404 ? `runtimeclass.node.k8s.io ${JSON.stringify(name)} not found` : message;
    podLog(data, pod, later).sandboxFailed(`failed to get sandbox runtime: ${why}`);
    after(data, later, retryMs, (again) => {
      if (data.pods.get(pod.identity) === pod && pod.phase === "mounting")
        learnHandler(data, pod, { step: again, goOn });
    });
  });
}

/** What runs a pod; undefined: whatever runs those that name no class. */
export function handlerOf({ runtimeHandler, sandbox }: PodRecord): { readonly runtimeHandler?: string } {
  const handler = runtimeHandler ?? sandbox?.pod.runtimeHandler;
  return handler === undefined ? {} : { runtimeHandler: handler };
}
