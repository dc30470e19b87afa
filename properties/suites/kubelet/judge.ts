import type { RuntimeEvent } from "../../../actors/cri/runtime_event.ts";
import type { Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import type { Violation } from "../../engine/invariant.ts";
import { crashFreeRule, quiescenceRule } from "../../engine/run.ts";
import type { ModelChange } from "../model/messages.ts";
import { createAccount, isAlive, type Run } from "./account.ts";
import { type Amiss, amissMsMax, whatIsAmiss } from "./amiss.ts";
import { whyNotBegun } from "./begins.ts";
import { whyKilled, whyNotStopped } from "./ends.ts";
import type { Facts } from "./facts.ts";
import { behaviourOf } from "./images.ts";
import type { ManifestDeed } from "./manifests.ts";
import { forgetFindings, isGood, noteFinding, noteProbe, probeOf } from "./probing.ts";
import { type KubeletRun, nodeOfComputer } from "./run.ts";
import type { Asked, RuntimeWatch } from "./runtime.ts";
import { createStaticPods } from "./static_pods.ts";
import { createStories, isKubelet, partsOf, type Story } from "./stories.ts";
import { whyNotTold } from "./tells.ts";
import { createTrouble, type Trouble } from "./trouble.ts";
import { whyOtherEnvironment } from "./volumes.ts";

/** The rules of this suite, by what reports call them. */
export const kubeletRules = {
  once: "no container runs twice",
  order: "containers begin in their order",
  policy: "what has ended for good stays ended",
  pause: "restarts come slower each time",
  wanted: "what begins is wanted",
  room: "pods that run together fit together",
  grace: "containers get their grace",
  hook: "hooks run before the signal",
  hookOnce: "hooks run once",
  needless: "what lives well is let live",
  forward: "pods go forward",
  gone: "pods are deleted when nothing of them runs",
  own: "pods tell of their own containers",
  reasons: "pods end for a reason",
  ends: "what is to end ends in time",
  hastened: "who is given less time ends sooner",
  cleared: "what is gone is cleared away at once",
  left: "nothing is left of pods that are gone",
  statics: "static pods run as their manifests say",
  mirrors: "mirrors show what manifests say",
  probes: "probes are made in time",
  ready: "pods are ready when their probes say so",
  resized: "containers have what they are to have",
  runs: "what is to run begins soon",
  sick: "who fails probes is stopped",
  told: "pods tell what their computer shows",
  volumes: "volumes have what they are made from",
  vain: "no write says what is known",
  alive: "nodes are heard of",
  rest: quiescenceRule,
  errors: crashFreeRule,
} as const;

type Rule = keyof typeof kubeletRules;

/** Who judges a run while it goes on. */
export interface Judge extends RuntimeWatch {
  readonly trouble: Trouble;
  violation(): Violation | undefined;
  /** A manifest has changed. */
  written(deed: ManifestDeed): void;
  /** The API has changed. */
  take(change: ModelChange): void;
  /** A write changed nothing. */
  takeVain(by: string, key: string): void;
  /** Looks at all pods; gives back what is still amiss. */
  look(): string | undefined;
  report(rule: Rule, details: string | undefined): void;
  /** From now on only who changes by itself is written of. */
  beQuiet(): void;
}

/** Whether a pod changes by itself: an image of it is pulled again and again, which is told each time, or its time runs out. */
function isRestless({ pod }: Story): boolean {
  if (pod.spec.activeDeadlineSeconds !== undefined) return true;
  return partsOf(pod).some(({ spec }) => behaviourOf(spec.image ?? "").missing);
}

/** Whether a container waits to begin again: it does so by itself. */
function isComingBack({ previous }: ModelChange): boolean {
  return JSON.stringify(previous?.status ?? {}).includes("CrashLoopBackOff");
}

/** Leases are renewed each 10 s and a bit. */
const leaseMsMax = 13_000;
/** A user's change may meet a kubelet's write. */
const crossingMs = 1_500;
/** So long after its last news a pod is at rest. */
const restlessMs = 4_000;

/** Begins to judge. */
export function createJudge(run: KubeletRun, simulation: Simulation): Judge {
  const nowMs = () => simulation.uptimeMs();
  const trouble = createTrouble(run, simulation);
  const account = createAccount(nowMs);
  const stories = createStories();
  const staticPods = createStaticPods();
  const bornMs = new Map<string, number>();
  const bornAnew = new Set<string>();
  const renewedMs = new Map<string, number>();
  const amissSince = new Map<string, { readonly why: string; readonly sinceMs: number }>();
  const over = new Set<string>();
  let isQuiet = false;
  let violation: Violation | undefined;

  const facts: Facts = {
    ...{ account, stories, nowMs, isTroubled: trouble.isTroubled },
    bornMs: (node) => bornMs.get(node) ?? 0,
    hasBegunAnew: (node) => bornAnew.has(node),
    wasClockWrong: trouble.wasClockWrong,
    begun(uid, name) {
      const all = account.runsOf(uid, name).filter(({ startedMs }) => startedMs !== undefined);
      // With another image it is another container.
      const runs = all.slice(all.findLastIndex(({ image }) => image !== all.at(-1)?.image) + 1);
      const born = bornMs.get(runs[0]?.node ?? "") ?? 0;
      const ended = runs.slice(0, -1).filter(({ exitedMs = 0 }) => exitedMs >= born);
      // A start that failed is one to those who wait before the next.
      const unstarted = account.runsOf(uid, name).length - all.length;
      return { inLife: ended.length, inAll: Math.max(0, runs.length - 1) + unstarted };
    },
  };

  function report(rule: Rule, details: string | undefined) {
    if (details !== undefined) violation ??= { property: kubeletRules[rule], details, atMs: nowMs() };
  }
  const reportAll = (broken: readonly [Rule, string] | undefined) => broken && report(...broken);

  function bear(node: string) {
    if (bornMs.has(node)) bornAnew.add(node);
    bornMs.set(node, nowMs());
    for (const each of account.runs.values()) if (each.node === node) forgetFindings(each);
  }

  /** Reports what stays amiss for longer than it may where nothing is wrong. */
  function noteAmiss(key: string, amiss: Amiss | undefined, isTroubled: boolean) {
    const before = amissSince.get(key);
    if (!amiss) amissSince.delete(key);
    else if (isTroubled || before?.why !== amiss[1]) amissSince.set(key, { why: amiss[1], sinceMs: nowMs() });
    else if (nowMs() - before.sinceMs > amissMsMax[amiss[0]]) report(...amiss);
  }

  function noteAsked(asked: Asked) {
    const probe = probeOf(asked);
    const probed = probe && account.runs.get(probe.container);
    if (probe && probed) report("probes", noteProbe(probed, probe.kind, facts));
  }

  /** Who begins anew does not know what it had begun before. */
  function noteHook(asked: Asked) {
    if (asked.op !== "ExecSync" || asked.probe !== undefined) return;
    const run = account.runs.get(asked.container);
    const command = asked.command.join(" ");
    const before = run?.hooks.get(command);
    if (!run || !before || before.atMs < facts.bornMs(run.node)) return;
    report("hookOnce", `${run.name} of ${run.uid} is given "${command}" again, ${nowMs() - before.atMs} ms later`);
  }

  return {
    trouble,
    violation: () => violation,
    report,
    failed: trouble.failed,
    asked(computer, asked) {
      if (asked.op === "Version") bear(nodeOfComputer(computer));
      noteAsked(asked);
      noteHook(asked);
      const stopped = account.asked(computer, asked);
      if (stopped && asked.op === "StopContainer") reportAll(whyNotStopped(stopped, facts));
    },
    answered(computer, asked, answer) {
      const probe = probeOf(asked);
      const probed = probe && account.runs.get(probe.container);
      if (probe && probed) noteFinding(probed, { kind: probe.kind, good: isGood(asked, answer) }, facts);
      const made = account.answered(computer, asked, answer);
      if (made && asked.op === "CreateContainer") report("volumes", whyOtherEnvironment(made, facts));
    },
    happened(event: RuntimeEvent) {
      const happened: Run | undefined = account.happened(event);
      const judged = happened && staticPods.isStatic(happened, facts) ? staticPods.whyNotBegun : whyNotBegun;
      if (happened && event.type === "container.started") reportAll(judged(happened, facts));
      if (happened && event.type === "container.exited") reportAll(whyKilled(happened, facts));
    },
    written: staticPods.written,
    take(change) {
      if (staticPods.take(change)) return;
      const story = stories.take(change);
      const { resource, by, key, atMs } = change;
      if (story) {
        over.delete(story.uid);
        reportAll(whyNotTold(change, story, facts));
      }
      if (resource === "leases") renewedMs.set(key, atMs);
      if (!isQuiet || !isKubelet(by) || !story || isRestless(story) || isComingBack(change) || trouble.isTroubled())
        return;
      if (nowMs() - Math.max(account.changedMs(story.uid), story.changedMs) > restlessMs)
        report("rest", `${by} wrote ${key}`);
    },
    takeVain(by, key) {
      const story = [...stories.all.values()].findLast((each) => each.key === key);
      if (!story || !isKubelet(by) || trouble.isTroubled() || nowMs() - story.changedMs < crossingMs) return;
      report("vain", `${by} wrote of ${key} what it said before`);
    },
    look() {
      let found: string | undefined;
      const isTroubled = trouble.isTroubled();
      for (const [key, sinceMs] of renewedMs) {
        if (!isTroubled && nowMs() - sinceMs > leaseMsMax)
          report("alive", `${key} was not renewed for ${nowMs() - sinceMs} ms`);
        if (isTroubled) renewedMs.set(key, nowMs());
      }
      for (const story of stories.all.values()) {
        if (over.has(story.uid)) continue;
        const amiss = whatIsAmiss(story, facts);
        if (!amiss && story.goneMs !== undefined && isOver(story.uid, story.goneMs)) over.add(story.uid);
        if (amiss) found ??= amiss[1];
        noteAmiss(story.uid, amiss, isTroubled);
      }
      for (const [name, amiss] of staticPods.amiss(facts)) {
        if (amiss) found ??= amiss[1];
        noteAmiss(name, amiss, isTroubled);
      }
      return found;
    },
    beQuiet: () => {
      isQuiet = true;
    },
  };

  /** Whether nothing will be amiss of a pod any more: it is long gone, and nothing of it is left. */
  function isOver(uid: string, goneMs: number): boolean {
    return nowMs() - goneMs > 60_000 && !account.allOf(uid).some(isAlive);
  }
}
