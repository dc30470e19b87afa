import type { Mail, Step } from "../../runtime/mod.ts";
import { callCri } from "./calls.ts";
import { type KubeletData, wallMs } from "./data.ts";
import type { AskUsage, ContainerUsage, NodeUsage, PodUsage } from "./messages.ts";

/** Answers what the pods of this node use, as its computer measures it. */
export function answerUsage(data: KubeletData, { from, ask }: Mail<AskUsage>, step: Step): void {
  callCri(data, step, { op: "ListContainerStats" }, (answer, later) => {
    if (!answer.ok) return;
    const pods = new Map<string, PodUsage & { readonly containers: ContainerUsage[] }>();
    for (const { container: id, name, cpuMs, cpuMillis, windowMs, memoryBytes } of answer.value.stats) {
      const subject = data.byContainer.get(id);
      if (!subject) continue;
      const { pod } = subject.pod;
      const { image = "", probed = {}, startedUptimeMs } = subject.container;
      const about = { name, id, image, probed: { ...probed }, startedAtMs: wallMs(later, startedUptimeMs) };
      const { namespace = "", uid = "" } = pod.metadata;
      const usage = pods.get(uid) ?? { namespace, name: pod.metadata.name, uid, containers: [] };
      const rate = cpuMillis === undefined || windowMs === undefined ? {} : { cpuMillis, windowMs };
      usage.containers.push({ ...about, cpuMs, memoryBytes, ...rate });
      pods.set(uid, usage);
    }
    later.reply({ from, ask }, { pods: [...pods.values()] } satisfies NodeUsage);
  });
}
