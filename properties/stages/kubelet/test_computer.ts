import { setup } from "xstate";
import type { CriCall, HostDial, HostDialAnswer, HostGet } from "../../../actors/computer/messages.ts";
import type {
  ContainerStatus,
  CriAnswer,
  CriPush,
  CriRequest,
  HostHttpAnswer,
  LogLine,
} from "../../../actors/cri/messages.ts";
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
  /** Whether the probes of its containers have to be carried out. Default true. */
  isProbed?: boolean;
  get?: (asked: HostGet, atMs: number) => Scripted<HostHttpAnswer>;
  dial?: (asked: HostDial, atMs: number) => Scripted<HostDialAnswer>;
  exec?: (asked: ExecSync, atMs: number) => Scripted<CriAnswer> | undefined;
  /** The calls of the CRI that it says nothing to, though it may carry them out. */
  isSilent?: (request: CriRequest) => "before" | "after" | undefined;
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

interface Data {
  readonly kubelet: string;
  readonly calls: Map<AskId, (body: CriAnswer, step: Step) => void>;
  readonly lines: Map<number, StreamLine>;
  readonly waiting: Map<string, (step: Step) => void>;
  /** The names of containers by their ids. */
  readonly names: Map<string, string>;
}

type Asked = CriCall | HostGet | HostDial | StreamMessage | CriPush;

/** The address of the test computer. */
export const computerAddress = "computer-1";

/** A computer whose containers are the device's, and whose network is a script. */
export function testComputer(script: ComputerScript): ActorDefinition<{ readonly kubelet: string }> {
  const { on, act, begin } = reducers<Data, Asked>();
  const push = act(({ kubelet }, event, step) => {
    const { body } = event as unknown as Mail<CriPush>;
    step.send(kubelet, "container" in body && typeof body.container === "object" ? probed(body) : body);
  });

  function probed(push: CriPush): CriPush {
    return push.type === "cri.exited" ? { ...push, container: withProbes(push.container) } : push;
  }

  function withProbes(status: ContainerStatus): ContainerStatus {
    return script.isProbed === false ? status : { ...status, isProbed: true };
  }

  function improved(answer: CriAnswer): CriAnswer {
    if (!answer.ok) return answer;
    const { container, containers } = answer;
    return {
      ...answer,
      ...(container ? { container: withProbes(container) } : {}),
      ...(containers ? { containers: containers.map(withProbes) } : {}),
    };
  }

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
    if (request.op === "ExecSync") {
      const scripted = script.exec?.(request, step.uptimeMs);
      if (scripted) return replyLater(data, step, { from, ask }, scripted);
    }
    if (request.op === "ReadLogs") return step.reply(mail, logs(data, request));
    if (request.op === "FollowLogs") {
      const name = data.names.get(request.container) ?? "";
      if (request.isWanted) script.followed.add(name);
      else script.followed.delete(name);
      return step.reply(mail, { ok: true });
    }
    data.calls.set(step.device("cri", request), (answer, later) => {
      if (answer.ok && answer.container) data.names.set(answer.container.container, answer.container.name);
      if (answer.ok) for (const each of answer.containers ?? []) data.names.set(each.container, each.name);
      if (silence === undefined) later.reply({ from, ask }, improved(answer));
    });
  }

  function logs({ names }: Data, request: CriRequest & { readonly op: "ReadLogs" }): CriAnswer {
    const all = script.lines?.get(names.get(request.container) ?? "") ?? [];
    const { after, linesMax, tail = all.length } = request;
    const newest = all.slice(Math.max(0, all.length - tail));
    return { ok: true, lines: newest.filter(({ number }) => number > after).slice(0, linesMax) };
  }

  /** A command with streams: the script says what it wrote and how it ended. */
  function runCommand(
    { kubelet, waiting }: Data,
    { container, command = [], line }: { container: string; command?: readonly string[]; line: StreamLine },
    step: Step,
  ) {
    const request: ExecSync = { op: "ExecSync", container, command, timeoutMs: Number.POSITIVE_INFINITY };
    script.asked.push({ atMs: step.uptimeMs, what: request });
    const { answer, afterMs = 0 } = script.exec?.(request, step.uptimeMs) ?? { answer: { ok: true } };
    const end = (later: Step) => {
      const tell = (saying: Saying) => later.send(kubelet, say(line, saying, later.uptimeMs));
      if (!answer.ok) return tell({ type: "stream.close", error: answer.message });
      for (const channel of ["stdout", "stderr"] as const) {
        const data = answer[channel] ?? "";
        if (data !== "") tell({ type: "stream.data", channel, data });
      }
      tell({ type: "stream.close", exitCode: answer.exitCode ?? 0 });
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
      get: on("host.get", (data, mail, step) => {
        script.asked.push({ atMs: step.uptimeMs, what: mail.body });
        const refused = { answer: { ok: false, message: "connect: connection refused" } } as const;
        replyLater(data, step, { from: mail.from, ask: mail.ask }, script.get?.(mail.body, step.uptimeMs) ?? refused);
      }),
      dial: on("host.dial", (data, mail, step) => {
        script.asked.push({ atMs: step.uptimeMs, what: mail.body });
        const refused = { answer: { ok: false, message: "connect: connection refused" } } as const;
        replyLater(data, step, { from: mail.from, ask: mail.ask }, script.dial?.(mail.body, step.uptimeMs) ?? refused);
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
      "host.get": { actions: "get" },
      "host.dial": { actions: "dial" },
      "stream.*": { actions: "stream" },
      "cri.*": { actions: "push" },
      "timer.*": { actions: "wake" },
      reply: { actions: "answered" },
    },
    states: { running: { entry: act((_data, _event, step) => void step.device("cri", { op: "Status" })) } },
  });
  return defineActor({ kind: "test_computer", module: import.meta.url, machine: chart });
}
