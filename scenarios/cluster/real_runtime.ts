import { statSync } from "node:fs";
import { type CriClient, criClient } from "../../actors/cri/containerd/cri_client.ts";
import { removeAll } from "../../actors/cri/containerd/remove_all.ts";
import { containerdHandler, playedHandler } from "../../actors/cri/real_runtime.ts";
import type { AskApi } from "./api_access.ts";
import { InputError } from "./input_error.ts";
import type { RealRuntimeChoice } from "./topology.ts";

/** A container runtime that was found at a socket. */
export interface FoundRuntime {
  /** As it names itself: `containerd 1.6.20`. */
  readonly name: string;
  /** Removes what it has of a cluster. */
  clear(cluster: string): Promise<void>;
  close(): void;
}

const answerMsMax = 10_000;

/**
 * Finds out who serves the CRI at a socket, and whether pods can run there.
 *
 * @throws InputError when nobody does, or none can
 */
export async function findRuntime({ socket }: RealRuntimeChoice): Promise<FoundRuntime> {
  const fail = (why: string) => new InputError(`Cannot use the container runtime at "${socket}": ${why}`);
  assertSocket(socket, fail);
  const client = criClient(socket);
  try {
    const name = await nameOf(client, fail);
    return {
      name,
      clear: async (cluster) => void (await removeAll(client, { cluster })),
      close: client.close,
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

function assertSocket(socket: string, fail: (why: string) => InputError): void {
  const stat = statSync(socket, { throwIfNoEntry: false });
  if (!stat) throw fail("there is no such file, start containerd or name its socket");
  if (!stat.isSocket()) throw fail("it is no unix socket, name that of containerd");
}

async function nameOf(client: CriClient, fail: (why: string) => InputError): Promise<string> {
  const version = await client.call("Version", {}, answerMsMax);
  if (!version.ok) {
    const { code, message } = version.failure;
    if (code === "UNAVAILABLE") throw fail(`nobody answers, or this user may not ask (${message})`);
    throw fail(`it does not serve the CRI, runtime.v1 (${message}), look whether its plugin "cri" is on`);
  }
  const status = await client.call("Status", {}, answerMsMax);
  if (!status.ok) throw fail(status.failure.message);
  const unmet = (status.value.status?.conditions ?? []).find((condition) => !condition.status);
  if (unmet) throw fail(`${unmet.type} is false: ${unmet.reason} ${unmet.message}`.trim());
  return `${version.value.runtime_name} ${version.value.runtime_version}`;
}

/** Makes the RuntimeClasses by which pods choose; those that are there stay. */
export async function makeRuntimeClasses(api: AskApi): Promise<void> {
  for (const name of [containerdHandler, playedHandler]) {
    const body = { apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", metadata: { name }, handler: name };
    const { code } = await api({ verb: "create", group: "node.k8s.io", resource: "runtimeclasses", body });
    if (code !== 201 && code !== 409)
      throw new Error(`Cannot make RuntimeClass "${name}": the API server answers ${code}`);
  }
}
