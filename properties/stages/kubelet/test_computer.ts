import { setup } from "xstate";
import type {
  CriCall,
  HostDial,
  HostDialAnswer,
  HostGet,
  LogCall,
  VolumeCall,
} from "../../../actors/computer/messages.ts";
import type {
  CommandResult,
  ContainerStatus,
  CriAnswer,
  CriFailure,
  CriPush,
  CriRequest,
  HostHttpAnswer,
  LogAnswer,
  LogLine,
  LogPush,
  LogRequest,
} from "../../../actors/cri/messages.ts";
import { failed, type Ok, ok } from "../../../actors/kit/result.ts";
import {
  createLine,
  type Heard,
  hear,
  type Saying,
  type StreamLine,
  say,
  sayTaken,
} from "../../../actors/network/stream_line.ts";
import type { StreamAnswer, StreamMessage, StreamOpen } from "../../../actors/network/streams.ts";
import {
  type ActorDefinition,
  type AskId,
  type ChartTypes,
  defineActor,
  type Mail,
  type Message,
  reducers,
  type Step,
} from "../../../runtime/mod.ts";

type ExecSync = CriRequest & { readonly op: "ExecSync" };

/** An answer that takes its time. Default: none. */
export interface Scripted<Answer> {
  readonly answer: Answer;
  readonly afterMs?: number;
}

/** What a test computer answers; a test may change all of it at any time. What it does not say is left to the device. */
export interface ComputerScript {
  get?: (asked: HostGet, atMs: number) => Scripted<HostHttpAnswer>;
  dial?: (asked: HostDial, atMs: number) => Scripted<HostDialAnswer>;
  exec?: (asked: ExecSync, atMs: number) => Scripted<CriAnswer<"ExecSync">> | undefined;
  /** The calls of the CRI that it says nothing to, though it may carry them out. */
  isSilent?: (request: CriRequest) => "before" | "after" | undefined;
  /** Why its runtime cannot be asked, while it cannot. */
  refusal?: CriFailure | undefined;
  /** The answer to a stream that is opened to a port. */
  connect?: (asked: StreamOpen) => StreamAnswer | "never";
  /** What it does with what comes on such a stream. */
  onStream?: (heard: Heard, side: ComputerSide) => void;
  /** What containers have written, by their names. */
  readonly lines?: Map<string, LogLine[]>;
  /** Every call of the CRI and every question, oldest first. */
  readonly asked: { readonly atMs: number; readonly what: CriRequest | HostGet | HostDial }[];
  /** Names of containers that are followed. */
  readonly followed: Set<string>;
}

/** The computer's side of a stream. */
export interface ComputerSide {
  say(saying: Saying): void;
  taken(size: number): void;
}

/** A script that says nothing yet. */
export function emptyScript(script: Partial<ComputerScript> = {}): ComputerScript {
  return { asked: [], followed: new Set(), lines: new Map(), ...script };
}

/** What a command that a script plays came to. */
export function ran(exitCode = 0, stdout = "", stderr = ""): Ok<CommandResult> {
  return ok({ exitCode, stdout, stderr });
}

interface Data {
  readonly kubelet: string;
  readonly calls: Map<AskId, (body: CriAnswer, step: Step) => void>;
  readonly lines: Map<number, StreamLine>;
  readonly waiting: Map<string, (step: Step) => void>;
  /** The names of containers by their ids. */
  readonly names: Map<string, string>;
}

type Asked = CriCall | LogCall | VolumeCall | HostGet | HostDial | StreamMessage | CriPush | LogPush;

/** The address of the test computer. */
export const computerAddress = "computer-1";

/** A computer whose containers are the device's, and whose network is a script. */
export function testComputer(script: ComputerScript): ActorDefinition<{ readonly kubelet: string }> {
  const { on, act, begin } = reducers<Data, Asked>();
  const push = act(({ kubelet }, event, step) => {
    step.send(kubelet, (event as unknown as Mail<CriPush>).body);
  });

  function replyLater(data: Data, step: Step, mail: Pick<Mail, "from" | "ask">, scripted: Scripted<unknown>) {
    const { answer, afterMs = 0 } = scripted;
    if (afterMs === 0) return step.reply(mail, answer);
    const name = `later.${step.nextId()}`;
    data.waiting.set(name, (later) => later.reply(mail, answer));
    step.timer(name, afterMs);
  }

  function call(data: Data, mail: Mail<CriCall>, step: Step) {
    const { request } = mail.body;
    const { from, ask } = mail;
    script.asked.push({ atMs: step.uptimeMs, what: request });
    const silence = script.isSilent?.(request);
    if (silence === "before") return;
    if (script.refusal) return step.reply({ from, ask }, failed(script.refusal));
    if (request.op === "ExecSync") {
      const scripted = script.exec?.(request, step.uptimeMs);
      if (scripted) return replyLater(data, step, { from, ask }, scripted);
    }
    data.calls.set(step.device("cri", request), (answer, later) => {
      const value = answer.ok ? answer.value : undefined;
      if (value && "container" in value && value.container) note(data, value.container);
      if (value && "containers" in value) for (const each of value.containers) note(data, each);
      if (silence === undefined) later.reply({ from, ask }, answer);
    });
  }

  function note({ names }: Data, { container, name }: ContainerStatus): void {
    names.set(container, name);
  }

  function logs({ names }: Data, request: LogRequest): LogAnswer {
    if (request.op === "FollowLogs") {
      const name = names.get(request.container) ?? "";
      if (request.isWanted) script.followed.add(name);
      else script.followed.delete(name);
      return ok([]);
    }
    const all = script.lines?.get(names.get(request.container) ?? "") ?? [];
    const { after, linesMax, tail = all.length } = request;
    const newest = all.slice(Math.max(0, all.length - tail));
    return ok(newest.filter(({ number }) => number > after).slice(0, linesMax));
  }

  /** A command with streams: the script says what it wrote and how it ended. */
  function runCommand(
    { kubelet, waiting }: Data,
    { container, command = [], line }: { container: string; command?: readonly string[]; line: StreamLine },
    step: Step,
  ) {
    const request: ExecSync = { op: "ExecSync", container, command, timeoutMs: Number.POSITIVE_INFINITY };
    script.asked.push({ atMs: step.uptimeMs, what: request });
    const { answer, afterMs = 0 } = script.exec?.(request, step.uptimeMs) ?? { answer: ran() };
    const end = (later: Step) => {
      const tell = (saying: Saying) => later.send(kubelet, say(line, saying, later.uptimeMs));
      if (!answer.ok) return tell({ type: "stream.close", error: answer.failure.message });
      for (const channel of ["stdout", "stderr"] as const) {
        const data = answer.value[channel];
        if (data !== "") tell({ type: "stream.data", channel, data });
      }
      tell({ type: "stream.close", exitCode: answer.value.exitCode });
    };
    if (afterMs === 0) return end(step);
    const name = `later.${step.nextId()}`;
    waiting.set(name, end);
    step.timer(name, afterMs);
  }

  function onStream(data: Data, mail: Mail<StreamMessage>, step: Step) {
    const { lines, kubelet } = data;
    const { body } = mail;
    const line = lines.get(body.stream) ?? createLine(body.stream, step.uptimeMs);
    lines.set(body.stream, line);
    if (body.type === "stream.open" && body.purpose.kind === "process" && script.exec) {
      step.reply(mail, { ok: true });
      return runCommand(data, { ...body.purpose, line }, step);
    }
    if (body.type === "stream.open") {
      const answer = script.connect?.(body) ?? { ok: true };
      return answer === "never" ? undefined : step.reply(mail, answer);
    }
    const side: ComputerSide = {
      say: (saying) => step.send(kubelet, say(line, saying, step.uptimeMs)),
      taken: (size) => step.send(kubelet, sayTaken(line, size)),
    };
    for (const heard of hear(line, body, step.uptimeMs)) script.onStream?.(heard, side);
    const { stream, said: sequence, takenHere: total } = line;
    if (body.type === "stream.alive")
      step.send(kubelet, { type: "stream.alive", stream, sequence, total } as StreamMessage);
  }

  const chart = setup({
    types: {} as ChartTypes<Data, Asked, { kubelet: string }>,
    actions: {
      push,
      call: on("cri.call", call),
      log: on("log.call", (data, mail, step) => step.reply(mail, logs(data, mail.body.request))),
      volumes: on("volume.call", (data, { from, ask, body }, step) => {
        data.calls.set(step.device("cri", body.request), (answer, later) => later.reply({ from, ask }, answer));
      }),
      get: on("host.get", (data, mail, step) => {
        const { from, ask, body } = mail;
        script.asked.push({ atMs: step.uptimeMs, what: body });
        const refused = { answer: { ok: false, message: "connect: connection refused" } } as const;
        if (script.get || !body.probe) {
          return replyLater(data, step, { from, ask }, script.get?.(body, step.uptimeMs) ?? refused);
        }
        const { type, ...asked } = body;
        data.calls.set(step.device("cri", { op: "HostHttp", ...asked }), (answer, later) =>
          later.reply({ from, ask }, answer),
        );
      }),
      dial: on("host.dial", (data, mail, step) => {
        const { from, ask, body } = mail;
        script.asked.push({ atMs: step.uptimeMs, what: body });
        if (script.dial) return replyLater(data, step, { from, ask }, script.dial(body, step.uptimeMs));
        data.calls.set(step.device("cri", { op: "ProbePlayed", ...body.probe }), (answer, later) => {
          const isOpen = "found" in answer && answer.found === true;
          later.reply({ from, ask }, isOpen ? { ok: true } : { ok: false, message: "connect: connection refused" });
        });
      }),
      stream: act((data, event, step) => {
        onStream(data, event as unknown as Mail<StreamMessage>, step);
      }),
      answered: on("reply", ({ calls }, { ask, body }, step) => calls.get(ask)?.(body as CriAnswer, step)),
      wake: act(({ waiting }, event, step) => waiting.get((event as Message).type.slice("timer.".length))?.(step)),
    },
  }).createMachine({
    id: "test_computer",
    context: begin(({ kubelet }: { kubelet: string }) => ({
      kubelet,
      calls: new Map(),
      lines: new Map(),
      waiting: new Map(),
      names: new Map(),
    })),
    initial: "running",
    on: {
      "cri.call": { actions: "call" },
      "log.call": { actions: "log" },
      "volume.call": { actions: "volumes" },
      "host.get": { actions: "get" },
      "host.dial": { actions: "dial" },
      "stream.*": { actions: "stream" },
      "cri.*": { actions: "push" },
      "log.written": { actions: "push" },
      "timer.*": { actions: "wake" },
      reply: { actions: "answered" },
    },
    states: { running: { entry: act((_data, _event, step) => void step.device("cri", { op: "Version" })) } },
  });
  return defineActor({ kind: "test_computer", module: import.meta.url, machine: chart });
}
