import type { VolumeFile, VolumeOrder } from "../../../actors/computer/messages.ts";
import type { CriAnswer, ProbeKind } from "../../../actors/cri/messages.ts";
import type { RuntimeEvent } from "../../../actors/cri/runtime_event.ts";
import type { Address } from "../../../runtime/mod.ts";
import { nodeOfComputer } from "./run.ts";
import type { Asked } from "./runtime.ts";

/** What probes of one sort have found of a container, as its computer answered its present kubelet. */
export interface Streak {
  isGood: boolean;
  inARow: number;
  /** The most failures in a row that there were. */
  failuresMax: number;
  /** What was found as often as its probe asks for; undefined: nothing yet. */
  found: boolean | undefined;
  /** When the last probe was made; undefined: none was. */
  askedMs: number | undefined;
}

/** One container that a runtime has made, from then on. */
export interface Run {
  readonly id: string;
  readonly uid: string;
  readonly name: string;
  readonly node: string;
  readonly sandbox: string;
  readonly madeMs: number;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  startedMs: number | undefined;
  exitedMs: number | undefined;
  exitCode: number | undefined;
  /** The computer lost power: of how it ended nobody knows but who was told before; or it was removed before it ran. */
  isLost: boolean;
  /** When the runtime was asked to stop it, and what it was given. */
  readonly stops: { readonly atMs: number; readonly timeoutMs: number }[];
  /** Commands that are no probes, by their text: when they began, and ended. */
  readonly hooks: Map<string, { readonly atMs: number; endedMs: number | undefined; exitCode: number | undefined }>;
  readonly probes: Map<ProbeKind, Streak>;
  /** Its startup probe has passed, if it has one; and its readiness probe ever has. */
  hasStarted: boolean;
  wasReady: boolean;
  cpuLimitMillis: number | undefined;
}

/** A sandbox that a runtime has made. */
export interface SandboxAccount {
  readonly id: string;
  readonly uid: string;
  /** Its pod's. */
  readonly name: string;
  readonly node: string;
  readonly ip: string;
  readonly madeMs: number;
  isGone: boolean;
}

/** All that was on the computers of a run, whatever their kubelets believe. */
export interface Account {
  /** By the runtime's id. */
  readonly runs: ReadonlyMap<string, Run>;
  readonly sandboxes: ReadonlyMap<string, SandboxAccount>;
  /** The runs of a container of a pod, the first made first. */
  runsOf(uid: string, name: string): readonly Run[];
  /** All runs of a pod's containers. */
  allOf(uid: string): readonly Run[];
  /** What was last put into each volume of a pod, by its path; undefined when they were removed. */
  volumesOf(uid: string): ReadonlyMap<string, readonly VolumeFile[]> | undefined;
  /** The uids of pods that have volumes on a computer. */
  withVolumes(): readonly string[];
  /** When something last happened to a pod on its computer. */
  changedMs(uid: string): number;
  /** Something has happened to it now. */
  touch(uid: string): void;
  /** Whether its computer lost power since it first had a sandbox. */
  isDoubtful(uid: string): boolean;
  asked(computer: Address, asked: Asked): Run | undefined;
  answered(computer: Address, asked: Asked, answer: unknown): Run | undefined;
  happened(event: RuntimeEvent): Run | undefined;
}

/** Nothing has happened yet. */
export function createAccount(nowMs: () => number): Account {
  const runs = new Map<string, Run>();
  const byPod = new Map<string, Run[]>();
  const sandboxes = new Map<string, SandboxAccount>();
  const volumes = new Map<string, { node: string; files: Map<string, readonly VolumeFile[]> }>();
  const changed = new Map<string, number>();
  const doubtful = new Set<string>();

  const allOf = (uid: string) => byPod.get(uid) ?? [];
  const touch = (uid: string) => void changed.set(uid, nowMs());

  function made(computer: Address, asked: Extract<Asked, { op: "CreateContainer" }>, id: string): Run | undefined {
    const { uid = "" } = sandboxes.get(asked.sandbox) ?? {};
    const { name, image, env, cpuLimitMillis } = asked.container;
    const run: Run = {
      ...{ id, uid, name, image, env, node: nodeOfComputer(computer), sandbox: asked.sandbox, madeMs: nowMs() },
      ...{ startedMs: undefined, exitedMs: undefined, exitCode: undefined, isLost: false },
      ...{ stops: [], hooks: new Map(), probes: new Map(), hasStarted: false, wasReady: false, cpuLimitMillis },
    };
    runs.set(id, run);
    byPod.set(uid, [...allOf(uid), run]);
    touch(uid);
    return run;
  }

  function lose(node: string) {
    for (const run of runs.values()) {
      if (run.node !== node) continue;
      doubtful.add(run.uid);
      run.isLost = true;
      touch(run.uid);
    }
    for (const sandbox of sandboxes.values()) {
      if (sandbox.node !== node) continue;
      sandbox.isGone = true;
      doubtful.add(sandbox.uid);
    }
    for (const [uid, each] of volumes) if (each.node === node) volumes.delete(uid);
  }

  function prepared(computer: Address, folder: string, orders: readonly VolumeOrder[]) {
    const uid = uidOf(folder);
    const files = new Map(orders.flatMap((each) => (each.kind === "files" ? [[each.path, each.files] as const] : [])));
    volumes.set(uid, { node: nodeOfComputer(computer), files });
    touch(uid);
  }

  return {
    runs,
    sandboxes,
    allOf,
    touch,
    runsOf: (uid, name) => allOf(uid).filter((each) => each.name === name),
    volumesOf: (uid) => volumes.get(uid)?.files,
    withVolumes: () => [...volumes.keys()],
    changedMs: (uid) => changed.get(uid) ?? 0,
    isDoubtful: (uid) => doubtful.has(uid),

    asked(_computer, asked) {
      if (asked.op === "StopContainer") {
        const run = runs.get(asked.container);
        run?.stops.push({ atMs: nowMs(), timeoutMs: asked.timeoutMs });
        return run;
      }
      if (asked.op !== "ExecSync" || asked.probe !== undefined) return undefined;
      const run = runs.get(asked.container);
      run?.hooks.set(asked.command.join(" "), { atMs: nowMs(), endedMs: undefined, exitCode: undefined });
      return run;
    },

    answered(computer, asked, answer) {
      const { ok } = answer as { readonly ok: boolean };
      if (asked.op === "ExecSync" && asked.probe === undefined) {
        const { value } = answer as Partial<Extract<CriAnswer<"ExecSync">, { ok: true }>>;
        const run = runs.get(asked.container);
        const hook = run?.hooks.get(asked.command.join(" "));
        if (hook) Object.assign(hook, { endedMs: nowMs(), exitCode: value?.exitCode ?? 1 });
        if (run) touch(run.uid);
        return run;
      }
      if (!ok) return undefined;
      if (asked.op === "RunPodSandbox") {
        const { sandbox } = (answer as Extract<CriAnswer<"RunPodSandbox">, { ok: true }>).value;
        const { uid, name } = asked.pod;
        const node = nodeOfComputer(computer);
        sandboxes.set(sandbox.sandbox, {
          id: sandbox.sandbox,
          uid,
          name,
          node,
          ip: sandbox.ip,
          madeMs: nowMs(),
          isGone: false,
        });
        touch(uid);
      } else if (asked.op === "RemovePodSandbox") {
        const sandbox = sandboxes.get(asked.sandbox);
        if (sandbox) sandbox.isGone = true;
        for (const run of runs.values()) if (run.sandbox === asked.sandbox) run.isLost ||= run.exitedMs === undefined;
      } else if (asked.op === "RemoveContainer") {
        const run = runs.get(asked.container);
        if (run) run.isLost ||= run.startedMs === undefined;
      } else if (asked.op === "CreateContainer") {
        const { container } = (answer as Extract<CriAnswer<"CreateContainer">, { ok: true }>).value;
        return made(computer, asked, container.container);
      } else if (asked.op === "PrepareVolumes") prepared(computer, asked.folder, asked.volumes);
      else if (asked.op === "RemoveVolumes") volumes.delete(uidOf(asked.folder));
      else if (asked.op === "UpdateContainerResources") {
        const run = runs.get(asked.container);
        if (run) run.cpuLimitMillis = asked.cpuLimitMillis;
      }
      return undefined;
    },

    happened(event) {
      if (event.type === "node.lost") lose(nodeOfComputer(event.node));
      if (event.type !== "container.started" && event.type !== "container.exited") return undefined;
      touch(event.pod.uid);
      const run = runs.get(event.id);
      if (!run || run.isLost) return undefined;
      if (event.type === "container.started") run.startedMs = nowMs();
      else Object.assign(run, { exitedMs: nowMs(), exitCode: event.exitCode });
      return run;
    },
  };
}

/** Volumes are in a folder that is named after their pod. */
function uidOf(folder: string): string {
  return folder.slice(folder.lastIndexOf("/") + 1);
}

/** Whether a run's process goes on. */
export function isAlive({ startedMs, exitedMs, isLost }: Run): boolean {
  return startedMs !== undefined && exitedMs === undefined && !isLost;
}
