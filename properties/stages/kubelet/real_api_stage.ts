import { computer } from "../../../actors/computer/definition.ts";
import type { ComputerInput } from "../../../actors/computer/messages.ts";
import type { CommandResult, CriAnswer } from "../../../actors/cri/messages.ts";
import { simulatedRuntime } from "../../../actors/cri/played/simulated_device.ts";
import { kubelet } from "../../../actors/kubelet/definition.ts";
import type { KubeletInput } from "../../../actors/kubelet/messages.ts";
import { assert } from "../../house/test.ts";
import { createLab, type Lab } from "../apiserver/lab.ts";

const namespace = "default";
/** The computer below the stage's kubelet. */
export const computerAddress = "computer/node-1";

/** What a controller gives every namespace elsewhere. */
const rootCa = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "kube-root-ca.crt" },
  data: { "ca.crt": "-----BEGIN CERTIFICATE-----\n" },
};

/** One kubelet before real API servers over the real store; what its input has beside where others are. */
export function realApiStage(seed: number, more: Partial<KubeletInput> = {}) {
  const runtime = simulatedRuntime();
  const lab = createLab({ seed, servers: 2, stores: 3, actors: [kubelet, computer], devices: [runtime] });
  const input: KubeletInput = {
    node: "node-1",
    apiServers: ["apiserver-0", "apiserver-1"],
    podCidr: "10.244.1.0/24",
    computer: computerAddress,
    ...more,
  };
  const below: ComputerInput = { node: "node-1", nodeIps: ["192.168.0.1"], kubelet: "node-1", routes: [], hosts: {} };
  lab.call("create", "configmaps", { namespace, body: rootCa });
  lab.simulation.spawnNow({ name: computerAddress, kind: "computer", input: below });
  lab.simulation.spawnNow({ name: "node-1", kind: "kubelet", input, restartsMax: 100 });
  const isUp = () => lab.simulation.report("node-1")?.phase === "running.connected";
  assert.ok(lab.simulation.runUntil(isUp, lab.simulation.uptimeMs() + 20_000), lab.simulation.report("node-1")?.phase);
  return {
    lab,
    runtime,
    /** Runs a command in the only container of a pod. */
    exec(name: string, script: string): string {
      const { body } = lab.call("get", "pods", { namespace, name });
      const container = (body.status.containerStatuses[0].containerID as string).slice("containerd://".length);
      const request = { op: "ExecSync", container, command: ["sh", "-c", script], timeoutMs: 10_000 };
      const asked = { type: "cri.call", request } as never;
      const answer = lab.simulation.askNow(computerAddress, asked, 20_000) as CriAnswer<"ExecSync">;
      if (!answer.ok) return assert.fail(answer.failure.message);
      const { stdout, stderr }: CommandResult = answer.value;
      return stdout + stderr;
    },
  };
}

/** A pod that is bound to the stage's node. */
export function podNamed(name: string, spec: object = {}) {
  const containers = [{ name: "nginx", image: "nginx:1.27" }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { nodeName: "node-1", containers, ...spec } };
}

/** Lets time pass until the pod is in that phase; gives back its status. */
export function awaitPhase(lab: Lab, name: string, phase: string) {
  for (let tries = 0; tries < 100; tries++) {
    const { code, body } = lab.call("get", "pods", { namespace, name });
    if ((code === 404 ? "gone" : body.status.phase) === phase) return body.status;
    lab.simulation.advance(200);
  }
  return assert.fail(`${name} is not ${phase}: ${JSON.stringify(lab.call("get", "pods", { namespace, name }).body)}`);
}
