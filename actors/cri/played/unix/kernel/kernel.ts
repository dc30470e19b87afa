import type { Random } from "../../../../../runtime/mod.ts";
import type { FileTree } from "../files/file_tree.ts";
import type { KernelNetwork } from "./network.ts";
import type { OpenFile } from "./open_file.ts";
import {
  type Process,
  ProcessExit,
  type Program,
  type Running,
  type Session,
  type User,
  type WaitList,
} from "./process.ts";
import { type ProcessSpace, processSpace, type SeenProcess } from "./process_space.ts";
import { isHarmless, type SignalName, statusOfSignal } from "./signals.ts";

/** What a kernel needs of the node that it is on. */
export interface KernelHost {
  uptimeMs(): number;
  wallMs(): number;
  later(delayMs: number, body: () => void): void;
  readonly random: Random;
  readonly hostname: string;
  /** How its processes reach others. */
  readonly network: KernelNetwork;
  readonly tree: FileTree;
  /** The files of the node itself, for who may enter them. Default: nobody may. */
  readonly hostTree?: (() => FileTree) | undefined;
  /** Whose processes are seen from here. Default: the container's own. */
  readonly space?: ProcessSpace | undefined;
  /** A process has taken memory: it may be more than there is. Default: there is enough. */
  readonly memoryTaken?: (() => void) | undefined;
  /** The programs that there are, by name. */
  readonly programs: ReadonlyMap<string, Program>;
  /**
   * What is written by the container's own process once it is to be a program that nobody knows: it lives on, and does
   * nothing. Default: it ends, as a shell does that finds no such program.
   */
  readonly nothingRuns?: ((program: string) => string) | undefined;
}

/** A process that is to be. */
export interface Spawn {
  readonly parent?: Process | undefined;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly folder: string;
  /** Its descriptors; they are its own. */
  readonly files: ReadonlyMap<number, OpenFile>;
  readonly user: User;
  /** Default: its parent's. */
  readonly session?: Session;
  /** Signals that it ignores because its parent did. */
  readonly ignores?: Iterable<SignalName>;
  /** It is a thread of its parent. Default: a process of its own. */
  readonly isThread?: boolean;
  readonly run: (self: Process) => Running;
}

/** The processes of one container, in turns: it never runs for longer than a slice of steps. */
export interface Kernel {
  readonly host: KernelHost;
  readonly processes: ReadonlyMap<number, Process>;
  /** The one that it began with. */
  readonly first: Process | undefined;
  /** The one that is at work. */
  readonly current: Process | undefined;
  /** All that are seen from its processes, by their numbers. */
  visible(): Iterable<SeenProcess>;
  /** The process of a number that is seen from here, of whatever container. */
  seen(pid: number): Process | undefined;
  /** Makes a process; `undefined` when there are as many as there may be. */
  spawn(options: Spawn): Process | undefined;
  /** Counts steps; `true` when the slice is used up, and the process has to yield `turn`. */
  spend(steps: number): boolean;
  wake(list: WaitList): void;
  /** Sends a signal; from outside of the container nothing can be ignored by process 1 alone. */
  signal(to: Process, name: SignalName, isFromOutside?: boolean): void;
  /** Sends a signal to all processes that were started together. */
  signalSession(session: Session, name: SignalName, isFromOutside?: boolean): void;
  /** Runs what can run. */
  run(): void;
  /**
   * Milliseconds of one processor that its processes had until now. A process that always has something to do has a
   * processor of its own, however few steps of it are carried out; a step by itself counts as a thousandth.
   */
  cpuMs(): number;
  /** A process takes so much memory, in place of what it had taken before. */
  hold(self: Process, bytes: number): void;
  /** What its processes have taken. */
  heldBytes(): number;
  /** Ends a process with a status of its own choice, whoever of its threads chose it. */
  end(which: Process, status: number): void;
  /** All processes end at once, and nothing is told of it. */
  destroy(): void;
  /** Called with a process that has ended. */
  onEnd: (ended: Process) => void;
}

/** What a process that has used up its slice waits for. */
export const turn = { untilMs: Number.NEGATIVE_INFINITY } as const;

const processesMax = 256;
/** Of all processes of a container. */
const threadsMax = 4_096;
/** How much is done before others of the thread are let in. */
const stepsOfSlice = 2_000;
/** What is taken for a millisecond of a processor. */
const stepsOfMs = 1_000;
/** What a container may do in a row before it is as slow as one that always runs. */
const slicesInARowMax = 400;
/** What programs end with that handle a signal by ending. */
const exitStatus = 2;
/** No clock rings sooner. */
const tickMs = 0.001;
/** One that always runs gets a slice each such time: a fraction of a processor. */
const sliceEachMs = 100;
/** The least that a slice takes: a loop without end lets virtual time pass. */
const sliceMs = 1;

/** Makes the kernel of a container. */
export function createKernel(host: KernelHost): Kernel {
  const processes = new Map<number, Process>();
  const threads = new Set<Process>();
  const ready: Process[] = [];
  const space = host.space ?? processSpace();
  let first: Process | undefined;
  let budget = 0;
  let current: Process | undefined;
  let isRunning = false;
  let isTurnDue = false;
  let isDestroyed = false;
  let slices = 0;
  let slicesAtMs = 0;
  let busyMs = 0;
  /** Since when who waits for their turn. */
  let waiting = { fromMs: 0, processes: [] as readonly Process[] };

  function resume(self: Process): void {
    current = self;
    try {
      const { done, value } = self.running.next();
      current = undefined;
      if (self.killedWith !== undefined) finish(self, self.killedWith);
      else if (done) finish(self, value);
      else block(self, value);
    } catch (error) {
      current = undefined;
      // A program that was written to nest too deep or to grow too long dies of it, and nobody else does.
      const status = error instanceof RangeError ? statusOfSignal("KILL") : undefined;
      if (status === undefined && !(error instanceof ProcessExit)) throw error;
      finish(self, self.killedWith ?? status ?? (error as ProcessExit).status);
    }
  }

  function block(self: Process, wait: NonNullable<Process["wait"]>): void {
    if (wait === turn) return void ready.push(self);
    self.wait = wait;
    for (const list of wait.on ?? []) list.add(self);
    if (wait.untilMs === undefined) return;
    const number = ++self.waits;
    const leftMs = wait.untilMs - host.uptimeMs();
    // What is left may be too little to be added to the time: a process would look again and again at one moment.
    host.later(leftMs > 0 ? Math.max(leftMs, tickMs) : 0, () => {
      if (isDestroyed || self.waits !== number || !self.wait) return;
      unblock(self);
      kernel.run();
    });
  }

  function unblock(self: Process): void {
    if (!self.wait) return;
    for (const list of self.wait.on ?? []) list.delete(self);
    self.wait = undefined;
    self.waits++;
    ready.push(self);
  }

  function finish(self: Process, status: number): void {
    self.status = status & 0xff;
    for (const file of self.files.values()) release(file);
    self.files.clear();
    if (self.leader) {
      threads.delete(self);
      kernel.wake(self.ended);
      return;
    }
    processes.delete(self.pid);
    for (const each of threads) if (each.leader === self) terminate(each, status);
    for (const each of processes.values()) if (each.parent === self) each.parent = first;
    kernel.wake(self.ended);
    kernel.onEnd(self);
  }

  function terminate(self: Process, status: number): void {
    if (self === current) {
      self.killedWith = status;
      return;
    }
    if (self.wait) unblock(self);
    const at = ready.indexOf(self);
    if (at >= 0) ready.splice(at, 1);
    self.running.return(status);
    finish(self, status);
  }

  /** Goes on when it may: one that has done much lately waits longer. */
  function awaitTurn(): void {
    if (isTurnDue) return;
    isTurnDue = true;
    const nowMs = host.uptimeMs();
    slices = Math.max(0, slices - (nowMs - slicesAtMs) / sliceEachMs) + 1;
    slicesAtMs = nowMs;
    waiting = { fromMs: nowMs, processes: [...ready] };
    host.later(slices < slicesInARowMax ? sliceMs : sliceEachMs, () => {
      isTurnDue = false;
      const forMs = host.uptimeMs() - waiting.fromMs;
      busyMs += waitedMs();
      for (const each of waiting.processes) each.busyMs += forMs;
      waiting.processes = [];
      if (!isDestroyed) kernel.run();
    });
  }

  function waitedMs(): number {
    return waiting.processes.length * (host.uptimeMs() - waiting.fromMs);
  }

  const kernel: Kernel = {
    host,
    processes,
    get first() {
      return first;
    },
    get current() {
      return current?.leader ?? current;
    },
    visible: () => space.all(),
    seen: (pid) => space.find(pid),
    spawn({ parent, argv, env, folder, files, user, session, ignores = [], isThread = false, run }) {
      if (isThread ? threads.size >= threadsMax : processes.size >= processesMax) return undefined;
      const leader = isThread ? (parent?.leader ?? parent) : undefined;
      // It begins with its first turn, when it is there.
      function* begin(): Running {
        return yield* run(self);
      }
      const self: Process = {
        ...{
          kernel: parent?.kernel ?? kernel,
          pid: leader?.pid ?? space.next(),
          leader,
          parent,
          startedMs: host.uptimeMs(),
          heldBytes: 0,
          busyMs: 0,
          argv,
          env: new Map(env),
          folder,
          user,
        },
        ...{ files: new Map(files), handlers: new Map(), pending: [], status: undefined, ended: new Set() },
        ...{ killedWith: undefined, wait: undefined, waits: 0 },
        session: session ?? parent?.session ?? { isMain: false, unknownProgram: undefined },
        running: begin(),
      };
      for (const name of ignores) self.handlers.set(name, "ignore");
      for (const file of self.files.values()) file.holders++;
      if (leader) threads.add(self);
      else processes.set(self.pid, self);
      if (!leader) first ??= self;
      ready.push(self);
      return self;
    },
    cpuMs: () => busyMs + waitedMs(),
    hold(self, bytes) {
      self.heldBytes = bytes;
      host.memoryTaken?.();
    },
    heldBytes() {
      let bytes = 0;
      for (const each of processes.values()) bytes += each.heldBytes;
      return bytes;
    },
    spend(steps) {
      budget -= steps;
      return budget <= 0;
    },
    wake(list) {
      for (const self of [...list]) unblock(self);
    },
    signal(to, name, isFromOutside = false) {
      if (to.status !== undefined) return;
      const isFirst = to === first;
      if (name === "KILL") {
        if (!isFirst || isFromOutside || space.hasInit) terminate(to, statusOfSignal("KILL"));
        return;
      }
      const handler = to.handlers.get(name);
      if (handler === "exit") terminate(to, exitStatus);
      else if (handler === "catch") {
        to.pending.push(name);
        if (to !== current) unblock(to);
      } else if (handler === undefined && !isHarmless(name) && !(isFirst && !space.hasInit)) {
        // As on Linux, the first process of a container is never ended by a signal that it has no handler for.
        terminate(to, statusOfSignal(name));
      }
    },
    signalSession(session, name, isFromOutside) {
      for (const each of [...processes.values()]) {
        if (each.session === session) kernel.signal(each, name, isFromOutside);
      }
    },
    run() {
      // What is done to a container in the middle of its turn is part of it; what has to wait for one, waits.
      if (isRunning || isTurnDue) return;
      isRunning = true;
      const beganMs = host.uptimeMs();
      budget = stepsOfSlice;
      for (let next = ready.shift(); next; next = budget > 0 && !isDestroyed ? ready.shift() : undefined) resume(next);
      isRunning = false;
      if (ready.length > 0 && !isDestroyed) {
        busyMs += host.uptimeMs() - beganMs;
        awaitTurn();
      } else busyMs += (stepsOfSlice - budget) / stepsOfMs;
    },
    end(which, status) {
      if (which.status === undefined) terminate(which, status);
    },
    destroy() {
      if (isDestroyed) return;
      isDestroyed = true;
      ready.length = 0;
      processes.clear();
      threads.clear();
      space.leave(kernel);
      host.network.close();
    },
    onEnd() {},
  };
  space.join(kernel);
  return kernel;
}

/** The same kernel as it is seen by those whose root is another. */
export function withRoot(kernel: Kernel, tree: FileTree): Kernel {
  return Object.create(kernel, { host: { value: { ...kernel.host, tree } } }) as Kernel;
}

/** One descriptor less. */
export function release(file: OpenFile): void {
  file.holders--;
  if (file.holders === 0) file.closed?.();
}
