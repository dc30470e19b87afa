import { ownValue } from "../../../../api/types.ts";
import { complain, print } from "../kernel/io.ts";
import type { Process, Program } from "../kernel/process.ts";
import type { SeenProcess } from "../kernel/process_space.ts";
import { formatDate } from "./_dates.ts";
import { isDebian } from "./_is_debian.ts";

/** A column of a listing. */
interface Column {
  readonly title: string;
  /** How wide it is; below zero its texts begin at its left. */
  readonly width: number;
  readonly of: (seen: SeenProcess, self: Process) => string;
}

/** What is taken of memory by a program as such. */
const programKiB = 1_024;

const kibOf = ({ heldBytes }: SeenProcess) => programKiB + Math.ceil(heldBytes / 1024);
const nameOf = ({ user }: SeenProcess) => (user.uid === 0 ? "root" : String(user.uid));
const commandOf = ({ argv }: SeenProcess) => argv.join(" ").replaceAll("\n", " ");
const stateOf = ({ pid }: SeenProcess, self: Process) => (pid === self.pid ? "R" : pid === 1 ? "Ss" : "S");
/** As `free` has it of a container without a limit. */
const machineKiB = 8 * 1024 * 1024;
const memoryOf = (seen: SeenProcess) => ((kibOf(seen) * 100) / machineKiB).toFixed(1);

function startOf({ startedMs }: SeenProcess, { kernel }: Process): string {
  const { wallMs, uptimeMs } = kernel.host;
  return formatDate(new Date(wallMs() - uptimeMs() + startedMs), "%H:%M");
}

function elapsedOf({ startedMs }: SeenProcess, { kernel }: Process): string {
  const seconds = Math.floor((kernel.host.uptimeMs() - startedMs) / 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${two(hours)}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

const columns: Readonly<Record<string, Column>> = {
  user: { title: "USER", width: -8, of: nameOf },
  uid: { title: "UID", width: 5, of: ({ user }) => String(user.uid) },
  pid: { title: "PID", width: 7, of: ({ pid }) => String(pid) },
  ppid: { title: "PPID", width: 7, of: ({ parent }) => String(parent?.pid ?? 0) },
  pcpu: { title: "%CPU", width: 4, of: () => "0.0" },
  pmem: { title: "%MEM", width: 4, of: memoryOf },
  vsz: { title: "VSZ", width: 6, of: (seen) => String(2 * kibOf(seen)) },
  rss: { title: "RSS", width: 5, of: (seen) => String(kibOf(seen)) },
  tty: { title: "TTY", width: -8, of: () => "?" },
  stat: { title: "STAT", width: -4, of: stateOf },
  start: { title: "START", width: 5, of: startOf },
  time: { title: "TIME", width: 8, of: () => "00:00:00" },
  etime: { title: "ELAPSED", width: 11, of: elapsedOf },
  comm: { title: "COMMAND", width: -15, of: ({ argv }) => (argv[0] ?? "").replace(/^.*\//, "").slice(0, 15) },
  args: { title: "COMMAND", width: -1, of: commandOf },
};
const otherNames: Readonly<Record<string, string>> = {
  ...{ "%cpu": "pcpu", "%mem": "pmem", command: "args", cmd: "args", ucmd: "comm", vsize: "vsz", tt: "tty", s: "stat" },
};
const retitled = (name: string, title: string, width?: number): Column => {
  const { args, ...others } = columns;
  const column = (name === "args" ? args : others[name]) as Column;
  return { ...column, title, width: width ?? column.width };
};

const ofUsers = ["user", "pid", "pcpu", "pmem", "vsz", "rss", "tty", "stat", "start"].map(
  (name) => columns[name] as Column,
);
const layouts = {
  /** `ps aux`, as procps has it. */
  bsd: [...ofUsers, { title: "TIME", width: 6, of: () => "0:00" }, columns.args as Column],
  /** `ps -ef` */
  full: [
    ...[retitled("user", "UID"), retitled("pid", "PID"), retitled("ppid", "PPID")],
    ...[{ title: "C", width: 2, of: () => "0" }, retitled("start", "STIME"), retitled("tty", "TTY")],
    ...[retitled("time", "TIME"), retitled("args", "CMD")],
  ],
} as const;

/** Lists the processes that are seen from the container; on Debian as its own does, where it is asked for all. */
export const ps: Program = {
  names: ["ps"],
  *run(self) {
    const words = self.argv.slice(1);
    const asked = settingOf(words, "-o");
    const pids = settingOf(words, "-p")?.split(/[ ,]/).map(Number);
    const seen = [...self.kernel.visible()].filter(({ pid }) => !pids || pids.includes(pid));
    const chosen = asked === undefined ? layoutOf(self, words) : columnsOf(asked);
    if (typeof chosen === "string") {
      yield* complain(self, `error: unknown user-defined format specifier "${chosen}"`);
      return 1;
    }
    if (!chosen) {
      yield* print(self, "PID   USER     TIME  COMMAND\n");
      for (const each of seen) {
        yield* print(self, `${String(each.pid).padStart(5)} ${nameOf(each).padEnd(8)}  0:00 ${commandOf(each)}\n`);
      }
    } else {
      const rows = seen.map((each) => chosen.map((column) => column.of(each, self)));
      const hasTitles = chosen.some(({ title }) => title !== "") && !words.includes("--no-headers");
      for (const row of [...(hasTitles ? [chosen.map(({ title }) => title)] : []), ...rows]) {
        yield* print(self, `${lineOf(chosen, row)}\n`);
      }
    }
    return seen.length > 0 ? 0 : 1;
  },
};

function lineOf(chosen: readonly Column[], row: readonly string[]): string {
  const cells = chosen.map(({ width }, at) => {
    const text = row[at] ?? "";
    return width < 0 ? text.padEnd(at === chosen.length - 1 ? 0 : -width) : text.padStart(width);
  });
  return cells.join(" ");
}

/** What is said behind a flag, each time that it is given. */
function settingOf(words: readonly string[], flag: string): string | undefined {
  const said = words.flatMap((word, at) =>
    word.startsWith(flag) ? [word.slice(flag.length) || (words[at + 1] ?? "")] : [],
  );
  return said.length > 0 ? said.join(",") : undefined;
}

/** The columns of `pid,args`, of which `name=` has no title; the first that is none. */
function columnsOf(text: string): readonly Column[] | string {
  const found: Column[] = [];
  for (const word of text.split(",")) {
    const [name = "", title] = word.split("=", 2);
    const known = name.toLowerCase();
    const column = ownValue(columns, ownValue(otherNames, known) ?? known);
    if (!column) return name;
    found.push(title === undefined ? column : { ...column, title });
  }
  return found;
}

/** What busybox lists it lists always; `undefined` stands for that. */
function layoutOf(self: Process, words: readonly string[]): readonly Column[] | undefined {
  if (!isDebian(self)) return undefined;
  const flags = words[0] ?? "";
  if (/^-\w*f/.test(flags)) return layouts.full;
  return /^-?\w*u/.test(flags) ? layouts.bsd : undefined;
}
