import {
  type CriAnswer,
  type CriCalls,
  type CriName,
  type CriRequest,
  ipsOf,
  type SandboxStatus,
} from "../cri/messages.ts";
import type { Ok } from "../kit/result.ts";
import { ipTowards } from "./own_ips.ts";

/** The pods of a node, as far as its network is concerned; learned from what the container runtime answers. */
export interface Sandboxes {
  find(sandbox: string): SandboxStatus | undefined;
  /** The sandbox that has an IP of its own. */
  withIp(ip: string): SandboxStatus | undefined;
  /** Whether a pod has a sandbox. */
  hasPod(uid: string): boolean;
  /** Where the pod listens that has a port of the node for itself. */
  withHostPort(wanted: HostPort): { readonly ip: string; readonly port: number } | undefined;
  /** Takes note of an answer; gives the sandboxes that have come and those that are gone. */
  learn(request: CriRequest, answer: CriAnswer): Change;
  readonly size: number;
}

/** A port of the node that somebody connects to. */
export interface HostPort {
  readonly protocol: string;
  readonly ip: string;
  readonly port: number;
}

/** What an answer of the container runtime says about sandboxes. */
export interface Change {
  readonly come: readonly SandboxStatus[];
  readonly gone: readonly SandboxStatus[];
}

/** Whether it is that call that was answered. */
function isAnswerTo<Name extends CriName>(
  name: Name,
  { op }: CriRequest,
  _answer: Ok<unknown>,
): _answer is Ok<CriCalls[Name]["answer"]> {
  return op === name;
}

/** Whether a port that is at an address of the node, or at all of a family, is at that one. */
function isAt(hostIp: string | undefined, ip: string): boolean {
  if (hostIp === "::") return ip.includes(":");
  return hostIp === undefined || hostIp === ip;
}

const nothing: Change = { come: [], gone: [] };

/** Makes the memory of a computer without pods. */
export function createSandboxes(): Sandboxes {
  const byId = new Map<string, SandboxStatus>();
  const byIp = new Map<string, SandboxStatus>();
  const withPorts = new Set<SandboxStatus>();

  function remove(status: SandboxStatus | undefined): SandboxStatus[] {
    if (!status) return [];
    byId.delete(status.sandbox);
    withPorts.delete(status);
    for (const ip of ipsOf(status)) if (byIp.get(ip) === status) byIp.delete(ip);
    return [status];
  }

  function put(status: SandboxStatus): Change {
    if (byId.has(status.sandbox)) return nothing;
    // An IP that is given anew is no more of the pod that had it.
    const gone = ipsOf(status).flatMap((ip) => remove(byIp.get(ip)));
    byId.set(status.sandbox, status);
    if (status.pod.portMappings) withPorts.add(status);
    for (const ip of ipsOf(status)) byIp.set(ip, status);
    return { come: [status], gone };
  }

  function replace(all: readonly SandboxStatus[]): Change {
    const ready = all.filter((each) => each.ready);
    const present = new Set(ready.map(({ sandbox }) => sandbox));
    const gone = [...byId.values()].filter(({ sandbox }) => !present.has(sandbox)).flatMap(remove);
    const changes = ready.map(put);
    return { come: changes.flatMap(({ come }) => come), gone: [...gone, ...changes.flatMap((each) => each.gone)] };
  }

  return {
    find: (sandbox) => byId.get(sandbox),
    withIp: (ip) => byIp.get(ip),
    hasPod: (uid) => [...byId.values()].some(({ pod }) => pod.uid === uid),
    withHostPort({ protocol, ip, port }) {
      for (const status of withPorts) {
        const podIp = ipTowards(ipsOf(status), ip);
        const found = status.pod.portMappings?.find(
          (each) => each.hostPort === port && each.protocol === protocol && isAt(each.hostIp, ip),
        );
        if (found && podIp !== undefined) return { ip: podIp, port: found.containerPort };
      }
      return undefined;
    },
    get size() {
      return byId.size;
    },
    learn(request, answer) {
      if (!answer.ok) return nothing;
      if (isAnswerTo("RunPodSandbox", request, answer)) return put(answer.value.sandbox);
      if (isAnswerTo("ListPodSandbox", request, answer)) return replace(answer.value.sandboxes);
      const isGone = request.op === "StopPodSandbox" || request.op === "RemovePodSandbox";
      return isGone ? { come: [], gone: remove(byId.get(request.sandbox)) } : nothing;
    },
  };
}
