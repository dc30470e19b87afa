import type { Address, Mail, Step } from "../../runtime/mod.ts";
import type { CriCalls, CriFailure } from "../cri/messages.ts";
import { failed } from "../kit/result.ts";
import { type ComputerData, relay } from "./data.ts";
import type { CriCall } from "./messages.ts";
import { learn } from "./network.ts";

type PodSandboxConfig = CriCalls["RunPodSandbox"]["request"]["pod"];

/** A pod whose sandbox is made as soon as the node knows whom it may speak with. */
export interface Beginning {
  readonly mail: Mail<CriCall>;
  readonly pod: PodSandboxConfig;
  /** If nothing is known until then its kubelet tries again later. */
  readonly untilMs: number;
}

/** A kube-proxy that begins again is back long before. */
const beginMsMax = 10_000;
/** Far more than a node has pods. */
const beginningsMax = 4_096;

/**
 * Keeps a pod waiting that is to begin before the node's kube-proxy has said what NetworkPolicies let it do: it could do
 * what none allows. True when it waits, or is refused; where there are no policies none does.
 */
export function hold(data: ComputerData, mail: Mail<CriCall>, step: Step): boolean {
  const { request } = mail.body;
  if (request.op !== "RunPodSandbox") return false;
  const { pod } = request;
  // Whoever has asked for it before has forgotten that.
  const others = data.beginnings.filter((each) => each.pod.uid !== pod.uid);
  data.beginnings = others;
  if (mayBegin(data, pod)) return false;
  if (others.length >= beginningsMax) {
    refuse(mail, step, "too many pods wait for the node's NetworkPolicies");
    return true;
  }
  if (!others.some((each) => each.mail.from === mail.from)) step.monitor(mail.from);
  data.beginnings = [...others, { mail, pod, untilMs: step.uptimeMs + beginMsMax }];
  if (others.length === 0) step.timer("beginnings", beginMsMax);
  return true;
}

/** Begins those of which all is known by now. */
export function begin(data: ComputerData, step: Step): void {
  const ready = data.beginnings.filter(({ pod }) => mayBegin(data, pod));
  if (ready.length === 0) return;
  data.beginnings = data.beginnings.filter((each) => !ready.includes(each));
  for (const { mail } of ready) relay(data, mail, mail.body.request, step, learn);
}

/** Whoever asked for pods to begin is gone, and asks anew when it is back. */
export function askerGone(data: ComputerData, address: Address): void {
  data.beginnings = data.beginnings.filter(({ mail }) => mail.from !== address);
}

/** Refuses those that have waited for too long. */
export function giveUpLate(data: ComputerData, _event: unknown, step: Step): void {
  const late = data.beginnings.filter(({ untilMs }) => untilMs <= step.uptimeMs);
  data.beginnings = data.beginnings.slice(late.length);
  const waitedS = beginMsMax / 1_000;
  for (const { mail } of late)
    refuse(mail, step, `kube-proxy has not told in ${waitedS}s what NetworkPolicies say of the pod`);
  const [next] = data.beginnings;
  if (next) step.timer("beginnings", next.untilMs - step.uptimeMs);
}

function refuse(mail: Mail<CriCall>, step: Step, why: string): void {
  step.reply(mail, failed<CriFailure>({ code: "UNKNOWN", message: `failed to setup network for sandbox: ${why}` }));
}

/** Pods in the node's network are the node's, whose own policies are none. */
function mayBegin({ input, rules }: ComputerData, { uid, hostNetwork }: PodSandboxConfig): boolean {
  return hostNetwork === true || input.kubeProxy === undefined || rules.policies.knows(uid);
}
