import {
  type CommandOutcome,
  type ContainerSystem,
  containerSystem,
  type SystemOptions,
} from "../../../actors/cri/played/unix/system.ts";
import { randomFrom } from "../../../runtime/mod.ts";
import { type LoopNetwork, loopNetwork } from "./loop_network.ts";

/** A container's system with a clock that the test moves. */
export interface SystemStage {
  readonly system: ContainerSystem;
  readonly network: LoopNetwork;
  /** What it wrote, `stdout` plain and `stderr` behind `! `. */
  readonly lines: string[];
  /** The exit status of its own process. */
  readonly status: () => number | undefined;
  readonly nowMs: () => number;
  advance(ms: number): void;
  /** Runs a command to its end, for so long at most. */
  exec(command: readonly string[], withinMs?: number): CommandOutcome | undefined;
}

const image = { base: "busybox" } as const;
const networkFiles = {
  "/etc/hosts": "127.0.0.1\tlocalhost\n10.244.1.5\tweb-0\n",
  "/etc/resolv.conf":
    "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
};
const beganMs = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Sets the stage; nothing runs on it yet. */
export function systemStage(options: Partial<SystemOptions> = {}): SystemStage {
  let nowMs = 0;
  let alarms: { readonly atMs: number; readonly body: () => void }[] = [];
  let status: number | undefined;
  const lines: string[] = [];
  const later = (delayMs: number, body: () => void) => void alarms.push({ atMs: nowMs + delayMs, body });
  const network = loopNetwork(later);
  const system = containerSystem({
    ...{ image, network },
    env: {},
    files: networkFiles,
    folder: "/",
    user: { uid: 0, gid: 0 },
    host: {
      uptimeMs: () => nowMs,
      wallMs: () => beganMs + nowMs,
      later,
      random: randomFrom(1),
      hostname: "web-0",
    },
    wrote: (stream, line) => void lines.push(stream === "stdout" ? line : `! ${line}`),
    exited: (code) => {
      status = code;
    },
    ...options,
  });
  const advanceTo = (untilMs: number, isOver = () => false) => {
    while (!isOver()) {
      const [next] = alarms.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      alarms = alarms.filter((each) => each !== next);
      nowMs = Math.max(nowMs, next.atMs);
      next.body();
    }
    if (!isOver()) nowMs = Math.max(nowMs, untilMs);
  };
  return {
    system,
    network,
    lines,
    status: () => status,
    nowMs: () => nowMs,
    advance: (ms) => advanceTo(nowMs + ms),
    exec(command, withinMs = 60_000) {
      let outcome: CommandOutcome | undefined;
      system.exec(command, (found) => {
        outcome = found;
      });
      advanceTo(nowMs + withinMs, () => outcome !== undefined);
      return outcome;
    },
  };
}

/** What a script comes to in a container in which nothing else runs. */
export function shellOutcome(script: string, options: Partial<SystemOptions> = {}): CommandOutcome | undefined {
  const stage = systemStage(options);
  stage.system.start([]);
  return stage.exec(["sh", "-c", script]);
}
