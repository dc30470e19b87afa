import type { AskId, DownEvent, FailedEvent, ReplyEvent, Step } from "../../runtime/mod.ts";
import type { DataplaneApply } from "../computer/messages.ts";
import type { DataplaneAnswer, DataplaneRequest, KubeProxyInput } from "./messages.ts";

/** How the dataplane and what this kube-proxy wants of it relate. */
export interface Sync {
  /** Of the newest rules that were sent; 0 before the first. */
  generation: number;
  /** The question that is open; 0: none. */
  ask: AskId;
  outcome: "waiting" | "applied" | "refused";
  /** All rules have to be sent, not only what has changed. */
  needsFull: boolean;
  /** The next write may be made from then on. */
  nextAtMs: number;
  /** After a write that failed: how long to wait. */
  retryMs: number;
  /** The computer is monitored: it has lived since rules were brought into force. */
  isMonitored: boolean;
  /** The question whether the rules are still there; 0: none is open. */
  check: AskId;
}

const answerMsMax = 10_000;
const retryMsDefault = 30_000;
/** A computer that is away, or has lost its rules, is asked again so soon: traffic waits for it. */
const awayRetryMs = 1_000;
/** Above the life's own number, so that no two lives of a node's kube-proxy count the same generations. */
const generationsPerLife = 2 ** 32;

/** Nothing has been sent yet. */
export function createSync({ incarnation }: Step): Sync {
  return {
    generation: incarnation * generationsPerLife,
    ask: 0,
    outcome: "waiting",
    needsFull: true,
    nextAtMs: 0,
    retryMs: retryMsDefault,
    isMonitored: false,
    check: 0,
  };
}

/** Asks the computer to bring rules into force. */
export function askDataplane({ computer }: KubeProxyInput, request: DataplaneRequest, step: Step): AskId {
  const apply: DataplaneApply = { type: "dataplane.apply", request };
  return step.ask(computer, apply, answerMsMax);
}

/**
 * Looks whether the rules are still in force, as kube-proxy does with a canary chain: a computer that was switched off
 * and on while nobody could tell has none. A change of nothing is refused by one that has other rules.
 */
export function checkRules({ sync, input }: { readonly sync: Sync; readonly input: KubeProxyInput }, step: Step): void {
  const { generation } = sync;
  const nothing = { set: [], remove: [] };
  const request: DataplaneRequest = {
    op: "apply",
    full: false,
    generation,
    base: generation,
    node: input.node,
    ...nothing,
  };
  sync.check = askDataplane(input, request, step);
}

/** Takes what is told of the dataplane; false when an event is about something else. */
export function takeAnswer(
  sync: Sync,
  event: { readonly type: string },
  { input, step }: { readonly input: KubeProxyInput; readonly step: Step },
): boolean {
  if (event.type === "down") return takeDown(sync, event as DownEvent, input);
  const answer = event as ReplyEvent<DataplaneAnswer> | FailedEvent;
  if ((answer.type !== "reply" && answer.type !== "failed") || answer.ask === 0) return false;
  if (answer.ask === sync.check) {
    sync.check = 0;
    sync.needsFull ||= !isApplied(answer);
    return true;
  }
  if (answer.ask !== sync.ask) return false;
  sync.ask = 0;
  sync.outcome = isApplied(answer) ? "applied" : "refused";
  if (isApplied(answer)) watchComputer(sync, input, step);
  else refused(sync, answer, { input, step });
  return true;
}

function isApplied(answer: ReplyEvent<DataplaneAnswer> | FailedEvent): boolean {
  return answer.type === "reply" && answer.body.ok;
}

function watchComputer(sync: Sync, { computer }: KubeProxyInput, step: Step) {
  if (sync.isMonitored) return;
  sync.isMonitored = true;
  step.monitor(computer);
}

/** Its rules are gone with it. */
function takeDown(sync: Sync, { address }: DownEvent, input: KubeProxyInput): boolean {
  if (address !== input.computer) return false;
  sync.isMonitored = false;
  sync.needsFull = true;
  return true;
}

/** What was refused is not in force: from now on only all rules are sure to be right. */
function refused(
  sync: Sync,
  answer: ReplyEvent<DataplaneAnswer> | FailedEvent,
  { input, step }: { readonly input: KubeProxyInput; readonly step: Step },
) {
  const said = answer.type === "reply" && !answer.body.ok ? answer.body : undefined;
  sync.needsFull = true;
  sync.retryMs = said?.reason === "failed" ? (input.retryMs ?? retryMsDefault) : awayRetryMs;
  step.log(`Applying rules: ${said?.message ?? "the dataplane did not answer"}, all of them are sent again`);
}
