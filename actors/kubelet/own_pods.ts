import type { Mail, Step } from "../../runtime/mod.ts";
import type { KubeletData } from "./data.ts";
import type { AskPods, KubeletPods } from "./messages.ts";
import type { PodRecord } from "./pod/pod_record.ts";
import { podStatus } from "./pod/pod_status.ts";
import { configSource, staticPodPath } from "./static_pods/static_pod.ts";

/** Answers which pods are here: those of the API as it shows them, and those of manifests as they run, but no mirrors. */
export function answerPods(data: KubeletData, mail: Mail<AskPods>, step: Step): void {
  const items = [...data.pods.values()].map((record) => JSON.stringify(podOf(data, record, step)));
  const list = `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[${items.join(",")}]}\n`;
  const path = data.input.hasManifests ? { staticPodPath } : {};
  step.reply(mail, { list, ...path } satisfies KubeletPods);
}

function podOf(data: KubeletData, record: PodRecord, step: Step) {
  const { pod, mirror } = record;
  const { metadata, spec, status } = pod;
  // Without an API nobody but its kubelet knows how a static pod is.
  if (mirror) return { metadata, spec, status: { ...status, ...podStatus(data, record, step) } };
  const annotations = { ...metadata.annotations, [configSource]: "api" };
  return { metadata: { ...metadata, annotations }, spec, status };
}
