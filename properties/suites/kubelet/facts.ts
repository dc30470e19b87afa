import type { Account, Run } from "./account.ts";
import type { Part, Stories, Story } from "./stories.ts";

/** All that rules go by. */
export interface Facts {
  readonly account: Account;
  readonly stories: Stories;
  nowMs(): number;
  /** Whether something may keep kubelets from doing in time what they have to. */
  isTroubled(): boolean;
  /** When the kubelet of a node began its present life. */
  bornMs(node: string): number;
  /** Whether it had a life before that. */
  hasBegunAnew(node: string): boolean;
  /** Whether the clock of a node's kubelet was ever wrong: what it says of times, and does by them, is its own affair. */
  wasClockWrong(node: string): boolean;
  /** How often a container was begun again with its present image in the present life of its kubelet, and in all. */
  begun(uid: string, name: string): { readonly inLife: number; readonly inAll: number };
}

/** One container of a pod, and its latest run. */
export interface Subject {
  readonly story: Story;
  readonly part: Part;
  readonly run: Run | undefined;
}

/** The pause before the nth restart, in milliseconds; the first comes at once. */
export function pauseMsOf(restarts: number): number {
  return restarts < 2 ? 0 : Math.min(10_000 * 2 ** (restarts - 2), 300_000);
}

/** Whether a container that ended with this code is begun again, as its pod has it. */
export function isBegunAgain({ pod }: Story, { role }: Part, exitCode: number): boolean {
  const { restartPolicy = "Always" } = pod.spec;
  if (role === "sidecar") return true;
  if (role === "ephemeral") return false;
  if (role === "init") return exitCode !== 0 && restartPolicy !== "Never";
  return restartPolicy === "Always" || (restartPolicy === "OnFailure" && exitCode !== 0);
}

/** Whether a run has started, as far as its startup probe is concerned. */
export function hasStarted(run: Run, { spec }: Part): boolean {
  return run.startedMs !== undefined && (!spec.startupProbe || run.hasStarted);
}

/** Whether a run's postStart hook is still to be done, has been, or has failed; undefined: there is none, or it is no command. */
export function postStartOf({ hooks }: Run, { spec }: Part): "under way" | "done" | "failed" | undefined {
  const { exec } = spec.lifecycle?.postStart ?? {};
  if (!exec) return undefined;
  const { endedMs, exitCode } = hooks.get((exec.command ?? []).join(" ")) ?? {};
  if (endedMs === undefined) return "under way";
  return exitCode === 0 ? "done" : "failed";
}
