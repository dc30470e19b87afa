import { present } from "../../../kit/present.ts";
import type { StreamClient, StreamServer } from "../../container_image.ts";
import type { ResourceLimits } from "../../resource_limits.ts";
import { bytesOf, textOf } from "./byte_text.ts";
import { type FileTree, fileTree } from "./files/file_tree.ts";
import type { MountTable } from "./files/mount_table.ts";
import { folderName } from "./files/paths.ts";
import type { Mount } from "./files/tree_mounts.ts";
import { imageTree } from "./image_tree.ts";
import { feeder, type Input, inputPipe } from "./kernel/input.ts";
import { createKernel, type Kernel, type KernelHost } from "./kernel/kernel.ts";
import { type KernelNetwork, noNetwork } from "./kernel/network.ts";
import { type OpenFile, openText } from "./kernel/open_file.ts";
import { clientOutlet, type Outlet, outletFile, publicOutlet } from "./kernel/outlet.ts";
import { procTree } from "./kernel/proc_tree.ts";
import type { Process, Session, User } from "./kernel/process.ts";
import type { ProcessSpace } from "./kernel/process_space.ts";
import { idle, runCommand } from "./kernel/run_command.ts";
import { type SignalName, statusOfSignal } from "./kernel/signals.ts";
import { createTerminal, type Terminal } from "./kernel/terminal.ts";
import { lineWriter } from "./line_writer.ts";
import { programs } from "./program_table.ts";
import type { SystemImage } from "./system_image.ts";

/** What a container finds at a path of its own. */
export interface SystemMount extends Mount {
  readonly path: string;
}

/** What a container's system is set up with. */
export interface SystemOptions {
  readonly image: SystemImage;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly user: User;
  /** Default: none. */
  readonly mounts?: readonly SystemMount[];
  /** What is mounted on its node. Default: nothing. */
  readonly hostMounts?: MountTable;
  /** The disk of its node, for who may enter it. Default: nobody may. */
  readonly hostDisk?: () => FileTree;
  /** Processes write to nothing but mounts, `/dev` and what is in `open`. Default false. */
  readonly hasReadOnlyRoot?: boolean;
  /** Default: nothing. */
  readonly open?: readonly string[];
  /** Texts of files, by path. Default: none beside `/etc/hostname`. */
  readonly files?: Readonly<Record<string, string>>;
  /** What it gets at most, at this moment. Default: as much as there is. */
  readonly limits?: () => ResourceLimits;
  /** Which of the node's users its root is, where its users are its own. Default: they are the node's. */
  readonly usersFrom?: number;
  /** Its processes have taken memory, or given it back. Default: nothing happens. */
  readonly memoryTaken?: () => void;
  /** Its processes have taken more memory than that. Default: nothing happens. */
  readonly outOfMemory?: () => void;
  /** With whose processes its own are seen together. Default: with nobody's. */
  readonly space?: ProcessSpace | undefined;
  readonly host: Pick<KernelHost, "uptimeMs" | "wallMs" | "later" | "random" | "hostname" | "nothingRuns">;
  /** Default: it has none. */
  readonly network?: KernelNetwork;
  /** `isPartial`: no end of line follows. */
  readonly wrote: (stream: "stdout" | "stderr", line: string, isPartial: boolean) => void;
  /** The container's own process has ended. */
  readonly exited: (status: number) => void;
}

/** What a command in a container came to. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** It asked for a program that cannot be played. */
  readonly unknownProgram: string | undefined;
}

/** A command that is being run. */
export interface RunningCommand {
  /** Ends it and tells nothing. */
  kill(): void;
}

/** What somebody wants of a process's streams. */
export interface StreamsWish {
  /** They write to it. */
  readonly hasInput: boolean;
  /** It talks to a terminal. */
  readonly hasTerminal: boolean;
}

/** What a container's own command is started with. */
export interface StartOptions {
  /** Somebody may be attached to its input, which does not end. Default false. */
  readonly hasInput?: boolean;
  /** Its input ends with the first who was attached to it. Default false. */
  readonly closesInput?: boolean;
  /** It talks to a terminal. Default false. */
  readonly hasTerminal?: boolean;
  /** What is shown of a process that does nothing but live. */
  readonly label?: string;
}

/** The system of one played container: its processes and its files, which end with it. */
export interface ContainerSystem {
  /** Runs the container's own command; without words there is a process that does nothing but live. */
  start(command: readonly string[], options?: StartOptions): void;
  exec(command: readonly string[], done: (outcome: CommandOutcome) => void): RunningCommand;
  /** Runs a command whose streams somebody has; it is ended when they leave. */
  open(command: readonly string[], wish: StreamsWish, client: StreamClient): StreamServer;
  /** Lets somebody see what the container's own process writes from now on, and write to it. */
  attach(wish: Pick<StreamsWish, "hasInput">, client: StreamClient): StreamServer;
  /** What is in a file, as far as it goes; `undefined` when there is none. */
  read(path: string): string | undefined;
  /** Sends the container's process a signal, from outside. */
  signal(name: "TERM" | "INT" | "QUIT" | "WINCH"): void;
  /** Milliseconds of one processor that it has used. */
  cpuMs(): number;
  /** Memory that its processes have taken, beside what every program has. */
  heldBytes(): number;
  processes(): number;
  /** What is in its own files, beside those of its image, and how many these are. */
  written(): { readonly writtenBytes: number; readonly writtenNodes: number };
  /** Ends all of it; nothing is told of it but to who waits for a command. */
  destroy(): void;
}

/** What of a process's streams is the processes' own. */
type ProcessEnd = {
  readonly outlet: Outlet;
  readonly input?: Input | undefined;
  readonly terminal?: Terminal | undefined;
};

const [filesBytesMax, outputBytesMax, filesMax] = [16 * 1024 * 1024, 4 * 1024 * 1024, 20_000];
const cannotFork = "can't fork: Resource temporarily unavailable\n";
const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Makes the system of a container. */
export function containerSystem(options: SystemOptions): ContainerSystem {
  const { image, user, host, wrote, exited } = options;
  const { hostMounts, hostDisk, usersFrom } = options;
  const sizes = { nowMs: host.wallMs, bytesMax: filesBytesMax, nodesMax: filesMax };
  const stored = fileTree(imageTree(image), { ...sizes, user, ...present({ hostMounts }) });
  const sources = { kernel: () => kernel, limits: options.limits ?? (() => ({})), usersFrom };
  const tree = procTree(stored, sources);
  const kernel: Kernel = createKernel({
    ...{ uptimeMs: host.uptimeMs, wallMs: host.wallMs, later: host.later, random: host.random },
    ...{ hostname: host.hostname, tree, programs, network: options.network ?? noNetwork },
    space: options.space,
    hostTree: hostDisk && (() => procTree(hostDisk(), { ...sources, usersFrom: undefined, hasGroups: true })),
    nothingRuns: host.nothingRuns,
    memoryTaken: () => void host.later(0, judgeMemory),
  });
  const env = new Map(
    Object.entries({ PATH: path, HOME: "/root", ...image.env, ...options.env }).map(([name, value]) => [
      name,
      bytesOf(value),
    ]),
  );
  const waiting = new Map<Process, (status: number) => void>();
  const out = lineWriter({ tell: (line, isPartial) => wrote("stdout", textOf(line), isPartial), later: host.later });
  const err = lineWriter({ tell: (line, isPartial) => wrote("stderr", textOf(line), isPartial), later: host.later });
  const attached = new Set<StreamClient>();
  const mainOutlet = publicOutlet(attached, (channel, bytes) => (channel === "stdout" ? out : err).file.write(bytes));
  let main: Omit<ProcessEnd, "outlet"> & { readonly endsWithFirst: boolean } = { endsWithFirst: false };
  let isOver = false;
  write("/etc/hostname", `${host.hostname}\n`);
  for (const [file, text] of Object.entries(options.files ?? {})) {
    tree.makeFolders(folderName(file));
    write(file, bytesOf(text));
  }
  for (const { path, ...mount } of options.mounts ?? []) tree.mount(path, mount);
  if (options.folder !== "/") tree.makeFolders(options.folder);
  // What a kubelet mounts for itself can be written all the same.
  if (options.hasReadOnlyRoot) tree.seal(["/dev", "/etc/hosts", ...(options.open ?? [])]);

  /** Who takes more than the container may have ends all of it. */
  function judgeMemory(): void {
    const { memoryLimitBytes = Number.POSITIVE_INFINITY } = options.limits?.() ?? {};
    if (isOver) return;
    options.memoryTaken?.();
    if (kernel.heldBytes() > memoryLimitBytes) options.outOfMemory?.();
  }

  kernel.onEnd = (ended) => {
    const tell = waiting.get(ended);
    waiting.delete(ended);
    tell?.(ended.status ?? 0);
  };

  function write(file: string, bytes: string): void {
    const node = tree.fileToWrite(file, true);
    if ("kind" in node && node.kind === "file") tree.setBytes(node, bytes);
  }

  function spawn(
    command: readonly string[],
    { files, session, ended }: { files: Map<number, OpenFile>; session: Session; ended: (status: number) => void },
  ): Process | undefined {
    const argv = command.map(bytesOf);
    const hasTerminal = files.get(0)?.isTerminal ?? false;
    const child = kernel.spawn({
      ...{ argv, folder: options.folder || "/", user, files, session },
      env: hasTerminal ? new Map([["TERM", "xterm"], ...env]) : env,
      run: (self) => (argv.length === 0 ? idle() : runCommand(self, argv, env.get("PATH"))),
    });
    if (child) waiting.set(child, ended);
    return child;
  }

  /** The three files that a process begins with, and where others write to it. */
  function streamsOf(outlet: Outlet, session: Session, { hasInput, hasTerminal }: StreamsWish) {
    const signal = (name: SignalName) => kernel.signalSession(session, name);
    const terminal = hasTerminal ? createTerminal({ wake: kernel.wake, outlet, signal }) : undefined;
    const input: Input | undefined = terminal ?? (hasInput ? inputPipe(kernel.wake) : undefined);
    const output = (channel: "stdout" | "stderr") => (hasTerminal && input ? input.file : outletFile(outlet, channel));
    const files = new Map([
      [0, input?.file ?? openText("")],
      [1, output("stdout")],
      [2, output("stderr")],
    ]);
    return { files, input, terminal };
  }

  function tellAttached(): void {
    for (const client of attached) client.close({ exitCode: 0 });
    attached.clear();
  }

  /** The processes' end of streams; what a client does is carried out at once. */
  function serverOf(
    client: StreamClient,
    { outlet, input, terminal }: ProcessEnd,
    { ended, left }: { readonly ended: () => void; readonly left: () => void },
  ): StreamServer {
    const feed = input && feeder(input, client, ended);
    return {
      input(bytes) {
        if (feed) feed.write(bytes);
        else client.took(bytes.length);
        kernel.run();
      },
      end() {
        feed?.end();
        kernel.run();
      },
      roomAgain() {
        kernel.wake(outlet.writable);
        kernel.run();
      },
      resize(size) {
        terminal?.resize(size);
        kernel.run();
      },
      leave() {
        feed?.leave();
        left();
        kernel.run();
      },
    };
  }

  return {
    processes: () => kernel.processes.size,
    ...{ cpuMs: kernel.cpuMs, heldBytes: kernel.heldBytes, written: stored.written },
    start(command, { hasInput = false, hasTerminal = false, closesInput = false, label = "" } = {}) {
      const session: Session = { isMain: true, unknownProgram: undefined };
      const { files, input, terminal } = streamsOf(mainOutlet, session, { hasInput, hasTerminal });
      main = { input: hasInput ? input : undefined, terminal, endsWithFirst: closesInput && !hasTerminal };
      const first = spawn(command, {
        files,
        session,
        ended(status) {
          isOver = true;
          out.flush();
          err.flush();
          kernel.destroy();
          const commands = [...waiting.values()];
          waiting.clear();
          for (const tell of commands) tell(statusOfSignal("KILL"));
          tellAttached();
          exited(status);
        },
      });
      if (first && command.length === 0) first.argv = [label];
      kernel.run();
    },
    open(command, wish, client) {
      const session: Session = { isMain: false, unknownProgram: undefined };
      const outlet = clientOutlet(client);
      const { files, input, terminal } = streamsOf(outlet, session, wish);
      const child = isOver
        ? undefined
        : spawn(command, {
            files,
            session,
            ended(exitCode) {
              outlet.shut();
              kernel.wake(outlet.writable);
              client.close({ exitCode });
            },
          });
      if (!child) {
        client.write("stderr", cannotFork);
        client.close({ exitCode: 126 });
      }
      kernel.run();
      return serverOf(
        client,
        { outlet, input, terminal },
        {
          ended: () => input?.end(),
          left() {
            if (child) waiting.delete(child);
            outlet.shut();
            kernel.signalSession(session, "KILL", true);
          },
        },
      );
    },
    attach({ hasInput }, client) {
      const { input, terminal, endsWithFirst } = main;
      attached.add(client);
      const leave = () => {
        attached.delete(client);
        kernel.wake(mainOutlet.writable);
      };
      return serverOf(
        client,
        { outlet: mainOutlet, input: hasInput ? input : undefined, terminal },
        {
          ended() {
            if (endsWithFirst) return input?.end();
            // As containerd has it: whose input ends, and not that of the process, is attached no more.
            leave();
            client.close({ exitCode: 0 });
          },
          left() {
            if (hasInput && endsWithFirst) input?.end();
            leave();
          },
        },
      );
    },
    exec(command, done) {
      const output = { stdout: "", stderr: "" };
      let child: Process | undefined;
      const keep = (stream: keyof typeof output): OpenFile => ({
        ...{ holders: 0, canRead: false, canWrite: true },
        read: () => "",
        write(bytes) {
          // Who writes more is ended, as when nobody reads any more.
          if (output.stdout.length + output.stderr.length > outputBytesMax) return { error: "EPIPE" };
          output[stream] += bytes;
          return bytes.length;
        },
      });
      const files = new Map([
        [0, openText("")],
        [1, keep("stdout")],
        [2, keep("stderr")],
      ]);
      const tell = (exitCode: number) => {
        const unknownProgram = child?.session.unknownProgram;
        done({ exitCode, stdout: textOf(output.stdout), stderr: textOf(output.stderr), unknownProgram });
      };
      const session: Session = { isMain: false, unknownProgram: undefined };
      child = isOver ? undefined : spawn(command, { files, session, ended: tell });
      if (!child) {
        output.stderr = cannotFork;
        tell(126);
      }
      kernel.run();
      return {
        kill() {
          if (child && waiting.delete(child)) kernel.signal(child, "KILL", true);
          kernel.run();
        },
      };
    },
    read(file) {
      const node = tree.find(file);
      return "kind" in node && node.kind === "file" ? textOf(node.bytes) : undefined;
    },
    signal(name) {
      const first = kernel.first;
      if (first) kernel.signal(first, name, true);
      kernel.run();
    },
    destroy() {
      isOver = true;
      const first = kernel.first;
      if (first) waiting.delete(first);
      const commands = [...waiting.values()];
      waiting.clear();
      kernel.destroy();
      for (const tell of commands) tell(statusOfSignal("KILL"));
      tellAttached();
    },
  };
}
