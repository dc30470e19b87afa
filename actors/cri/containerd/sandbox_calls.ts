import { mkdirSync } from "node:fs";
import { ok, type Result } from "../../kit/result.ts";
import { failedCall, nothing } from "../cri_answers.ts";
import type { CriFailure, SandboxStatus } from "../messages.ts";
import { containerdHandler } from "../real_runtime.ts";
import type { CallPlace, Carried } from "./call_place.ts";
import type { Given } from "./cri_schema.ts";
import { ownedBy, sandboxConfig } from "./given_config.ts";
import type { HeldSandbox } from "./held_pods.ts";

/** The calls about sandboxes. */
type SandboxCalls = Carried<"RunPodSandbox" | "StopPodSandbox" | "RemovePodSandbox" | "ListPodSandbox">;

const readyState = 0;

/** Carries out the calls about sandboxes. */
export function sandboxCalls({ node, client, owner, pods, network, gate }: CallPlace): SandboxCalls {
  const { sandboxes, containers } = pods;

  function stopped(held: HeldSandbox): void {
    held.status = { ...held.status, ready: false };
    network.forget(held.status.sandbox);
    gate?.forget(held.status.sandbox);
  }

  /** Has a pod reach the cluster; what cannot is no pod. */
  async function admit(
    sandbox: string,
    ip: string,
    info: readonly Given<"Entry">[],
  ): Promise<Result<void, CriFailure>> {
    if (!gate || ip === "") return ok(undefined);
    const admitted = await gate.admit({ sandbox, ip, pid: processOf(info) });
    if (admitted.ok) return admitted;
    await client.call("StopPodSandbox", { pod_sandbox_id: sandbox });
    await client.call("RemovePodSandbox", { pod_sandbox_id: sandbox });
    return failedCall("UNKNOWN", `failed to setup network for sandbox "${sandbox}": ${admitted.failure}`);
  }

  return {
    async RunPodSandbox({ pod }) {
      for (const { status } of sandboxes.values()) {
        if (status.pod.uid !== pod.uid || status.pod.attempt !== pod.attempt) continue;
        return failedCall("ALREADY_EXISTS", `failed to reserve sandbox name: it is reserved for "${status.sandbox}"`);
      }
      if (pod.hasOwnUsers)
        return failedCall(
          "UNKNOWN",
          "kubetroupe gives pods in a real runtime no users of their own (hostUsers: false)",
        );
      const empty: SandboxStatus = { sandbox: "", pod, ready: true, ip: "", createdAtMs: node.nowMs() };
      const logFolder = pods.logFolderOf(empty);
      mkdirSync(logFolder, { recursive: true });
      const config = sandboxConfig(pod, owner, logFolder);
      const handler = pod.runtimeHandler === containerdHandler ? "" : (pod.runtimeHandler ?? "");
      const answer = await client.call("RunPodSandbox", { config, runtime_handler: handler });
      if (!answer.ok) return answer;
      const { pod_sandbox_id: sandbox } = answer.value;
      const found = await client.call("PodSandboxStatus", { pod_sandbox_id: sandbox, verbose: gate !== undefined });
      if (!found.ok) return found;
      const ip = pod.hostNetwork ? "" : (found.value.status?.network?.ip ?? "");
      const admitted = await admit(sandbox, ip, found.value.info);
      if (!admitted.ok) return admitted;
      const status = { ...empty, sandbox, ip };
      sandboxes.set(sandbox, { status, config });
      node.tell({ type: "sandbox.ready", pod, ips: ip === "" ? [] : [ip] });
      return ok({ sandbox: status });
    },
    async StopPodSandbox({ sandbox }) {
      const answer = await client.call("StopPodSandbox", { pod_sandbox_id: sandbox });
      if (!answer.ok) return answer;
      const held = sandboxes.get(sandbox);
      if (held) stopped(held);
      for (const each of containers.values()) if (each.status.sandbox === sandbox) await pods.refresh(each);
      return nothing;
    },
    async RemovePodSandbox({ sandbox }) {
      const answer = await client.call("RemovePodSandbox", { pod_sandbox_id: sandbox });
      if (!answer.ok) return answer;
      for (const [id, { status }] of [...containers]) if (status.sandbox === sandbox) pods.forgetContainer(id);
      pods.forgetSandbox(sandbox);
      network.forget(sandbox);
      gate?.forget(sandbox);
      return nothing;
    },
    async ListPodSandbox() {
      const answer = await client.call("ListPodSandbox", { filter: { label_selector: ownedBy(owner) } });
      if (!answer.ok) return answer;
      const states = new Map(answer.value.items.map(({ id, state }) => [id, state]));
      for (const [id, held] of [...sandboxes]) {
        if (!states.has(id)) pods.forgetSandbox(id);
        else if (held.status.ready && states.get(id) !== readyState) stopped(held);
      }
      return ok({ sandboxes: [...sandboxes.values()].map(({ status }) => status) });
    },
  };
}

/** The process that holds a sandbox open, as a runtime tells of it when it is to tell much. */
function processOf(info: readonly Given<"Entry">[]): number {
  const told = info.find(({ key }) => key === "info")?.value ?? "{}";
  return (JSON.parse(told) as { readonly pid?: number }).pid ?? 0;
}
