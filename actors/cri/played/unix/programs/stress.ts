import { log } from "../agnhost/_go.ts";
import { complain, print, programName, sleepUntil, waitFor } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { idle } from "../kernel/run_command.ts";
import { durationMs } from "./_duration.ts";

const vmBytesDefault = 256 * 1024 ** 2;
const units: Readonly<Record<string, number>> = { "": 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** What is asked of it. */
interface Load {
  readonly cpus: number;
  readonly vms: number;
  readonly vmBytes: number;
  readonly forMs: number | undefined;
  /** It is the one that takes its flags with one dash: `-cpus 2`. */
  readonly isGo: boolean;
}

/** Takes processors and memory, as the documentation has it: `stress --vm 1 --vm-bytes 150M`, or `stress -cpus 2`. */
export const stress: Program = {
  names: ["stress"],
  *run(self) {
    const load = loadOf(self.argv.slice(1), self.argv[0] === "/stress");
    if (typeof load === "string") {
      yield* print(self, `${programName(self)}: FAIL: [${self.pid}] unrecognized option: ${load}\n`);
      return 1;
    }
    const { cpus, vms, vmBytes, forMs, isGo } = load;
    for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "exit");
    if (isGo) {
      yield* log(
        self,
        `Allocating "${vms > 0 ? vmBytes : 0}" memory, in "4Ki" chunks, with a 1ms sleep between allocations`,
      );
    } else yield* print(self, `stress: info: [${self.pid}] dispatching hogs: ${cpus} cpu, 0 io, ${vms} vm, 0 hdd\n`);
    const children: Process[] = [];
    for (let each = 0; each < cpus + vms; each++) {
      if (isGo && each < cpus) yield* log(self, "Spawning a thread to consume CPU");
      const child = fork(self, each < cpus ? spin : (own) => hold(own, vmBytes));
      if (!child) {
        yield* complain(self, "can't fork: Resource temporarily unavailable");
        for (const other of children) self.kernel.signal(other, "KILL");
        return 1;
      }
      children.push(child);
    }
    if (forMs !== undefined) {
      yield* sleepUntil(self, self.kernel.host.uptimeMs() + forMs);
      for (const child of children) self.kernel.signal(child, "KILL");
      yield* print(self, `stress: info: [${self.pid}] successful run completed in ${forMs / 1_000}s\n`);
      return 0;
    }
    for (const child of children) yield* waitFor(child);
    // That of Go has nothing to do then, and lives on.
    return isGo ? yield* idle() : 0;
  },
};

function fork(self: Process, run: (child: Process) => Running): Process | undefined {
  const { argv, env, folder, user, files } = self;
  return self.kernel.spawn({ parent: self, argv, env, folder, user, files, run });
}

function* spin({ kernel }: Process): Running {
  for (;;) if (kernel.spend(100)) yield turn;
}

function* hold(self: Process, bytes: number): Running {
  self.kernel.hold(self, bytes);
  for (;;) yield {};
}

function loadOf(words: readonly string[], isGoWhenBare: boolean): Load | string {
  const load = { cpus: 0, vms: 0, vmBytes: vmBytesDefault, forMs: undefined as number | undefined, isGo: false };
  load.isGo = isGoWhenBare && words.length === 0;
  const left = words.flatMap((word) => (/^--?[a-z-]+=/.test(word) ? word.split(/=([\s\S]*)/, 2) : [word]));
  while (left.length > 0) {
    const word = left.shift() ?? "";
    const value = () => left.shift() ?? "";
    if (word === "-cpus") load.cpus = Number(value());
    else if (word === "-mem-total") Object.assign(load, { vms: 1, vmBytes: sizeOf(value()) });
    else if (word === "-c" || word === "--cpu") load.cpus = Number(value());
    else if (word === "-m" || word === "--vm") load.vms = Number(value());
    else if (word === "--vm-bytes") load.vmBytes = sizeOf(value());
    else if (word === "-t" || word === "--timeout") load.forMs = durationMs(value());
    else if (/^(-mem-alloc-(size|sleep)|--vm-(hang|stride)|--backoff|-i|--io|-d|--hdd)$/.test(word)) value();
    else if (!/^(-v|--verbose|-q|--quiet|--vm-keep|-logtostderr)$/.test(word)) return word;
    load.isGo ||= /^-(cpus|mem-)/.test(word);
  }
  return load;
}

function sizeOf(text: string): number {
  const [, digits = "0", unit = ""] = /^(\d+)([BKMG]?)i?B?$/i.exec(text) ?? [];
  return Number(digits) * (units[unit.toUpperCase()] ?? 1);
}
