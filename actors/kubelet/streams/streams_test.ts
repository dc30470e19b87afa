import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { clientAddress, kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import {
  type ComputerScript,
  type ComputerSide,
  computerAddress,
  emptyScript,
  ran,
} from "../../../properties/stages/kubelet/test_computer.ts";
import type { ImageBehaviour, LogLine } from "../../cri/messages.ts";
import type { Heard, Saying } from "../../network/stream_line.ts";
import { type StreamPurpose, streamWindow } from "../../network/streams.ts";

const target = { namespace: "default", pod: "p", uid: "", container: "" };
const logs = (more: object = {}): StreamPurpose => ({ kind: "logs", ...target, ...more });
const exec = (more: object = {}): StreamPurpose => ({
  ...{ kind: "exec", ...target, command: ["do", "it"], stdin: false, tty: false },
  ...more,
});
const forward: StreamPurpose = { kind: "portforward", port: 80, ...target };

interface Options {
  readonly script?: Partial<ComputerScript>;
  readonly images?: Readonly<Record<string, ImageBehaviour>>;
}

function stageWith({ script = {}, images = {} }: Options = {}) {
  const computer = emptyScript({ ...script });
  const stage = kubeletStage({ computer, images });
  const statusOf = () => stage.pod("p")?.status.containerStatuses?.[0];
  const run = () => {
    stage.createPod("p", { containers: [{ name: "c", image: "app:1" }], restartPolicy: "Always" });
    assert.ok(stage.until(() => statusOf()?.state?.running !== undefined));
  };
  const tell = (message: object) => {
    stage.simulation.send(clientAddress, { to: kubeletAddress, ...message } as never);
    stage.simulation.advance(50);
  };
  /** Opens a stream; gives back what the client sees of it. */
  const open = (purpose: StreamPurpose, stream = 1) => {
    tell({ type: "test.open", stream, purpose });
    return stage.client().seen.get(stream) ?? assert.fail("the client is gone");
  };
  /** The container writes lines. */
  const writeLines = (texts: readonly string[], stream: LogLine["stream"] = "stdout") => {
    const lines = computer.lines?.get("c") ?? [];
    computer.lines?.set("c", lines);
    for (const text of texts) {
      lines.push({ number: lines.length + 1, atMs: stage.simulation.uptimeMs(), stream, text });
    }
    const container = stage.runtime.inspect(computerAddress).containers[0]?.container;
    if (container && computer.followed.has("c")) {
      stage.simulation.send(computerAddress, { type: "log.written", container } as never);
    }
    stage.simulation.advance(50);
  };
  return { stage, computer, run, tell, open, writeLines, statusOf };
}

const say = (saying: Saying, stream = 1) => ({ type: "test.say", stream, saying });

test("logs are told to their end, and the stream is closed", () => {
  const { run, open, writeLines } = stageWith();
  run();
  writeLines(["one", "two", "three"]);
  const all = open(logs());
  assert.deepEqual([all.answer, all.text, all.close?.exitCode], [{ ok: true }, { stdout: "one\ntwo\nthree\n" }, 0]);
  assert.deepEqual(open(logs({ tailLines: 2 }), 2).text, { stdout: "two\nthree\n" });
  assert.deepEqual(open(logs({ tailLines: 0 }), 3).text, {});
  assert.deepEqual(open(logs({ limitBytes: 5 }), 4).text, { stdout: "one\nt" });
});

test("of a long log only the newest lines are told, in as many pages as it takes, and what is written then", () => {
  const { run, open, writeLines } = stageWith();
  run();
  const all = Array.from({ length: 12_000 }, (_, index) => `${index + 1}`);
  writeLines(all);
  assert.equal(open(logs({ tailLines: 3 }), 1).text.stdout, "11998\n11999\n12000\n");
  assert.equal(open(logs({ tailLines: 2_500 }), 2).text.stdout, `${all.slice(-2_500).join("\n")}\n`);
  assert.equal(open(logs({ tailLines: 20_000 }), 3).text.stdout, `${all.join("\n")}\n`);
  const seen = open(logs({ follow: true, tailLines: 0 }), 4);
  writeLines(["more"]);
  assert.equal(seen.text.stdout, "more\n");
});

test("a log that is followed goes on until its container has exited", () => {
  const { stage, computer, run, open, writeLines } = stageWith({ images: { app: { stopMs: 500 } } });
  run();
  writeLines(["one", "two"]);
  const seen = open(logs({ follow: true, tailLines: 1 }));
  assert.deepEqual([seen.text, seen.close], [{ stdout: "two\n" }, undefined]);
  writeLines(["three"]);
  writeLines(["four"], "stderr");
  assert.deepEqual(seen.text, { stdout: "two\nthree\nfour\n" });
  assert.ok(computer.followed.has("c"));
  stage.deletePod("p");
  writeLines(["last"]);
  assert.ok(stage.until(() => seen.close !== undefined, 5_000));
  assert.deepEqual([seen.text.stdout, seen.close?.exitCode], ["two\nthree\nfour\nlast\n", 0]);
  assert.equal(computer.followed.size, 0);
});

test("a follower that goes away, or whose end is lost with it, is not written to", () => {
  const { stage, computer, run, tell, open } = stageWith();
  run();
  open(logs({ follow: true }), 1);
  open(logs({ follow: true }), 2);
  tell(say({ type: "stream.close" }));
  assert.ok(computer.followed.has("c"));
  stage.simulation.crashNow(clientAddress, "for the test");
  stage.simulation.advance(1_000);
  assert.equal(computer.followed.size, 0);
});

test("nothing is told after a stream was closed", () => {
  const answer = ran(0, "late");
  const { stage, run, tell, open, writeLines } = stageWith({ script: { exec: () => ({ answer, afterMs: 1_000 }) } });
  run();
  writeLines(Array.from({ length: 5_000 }, () => "x".repeat(500)));
  tell({ type: "test.take", isTaking: false });
  const [log, command] = [open(logs({ follow: true }), 1), open(exec(), 2)];
  for (const stream of [1, 2]) tell(say({ type: "stream.close" }, stream));
  tell({ type: "test.take", isTaking: true });
  writeLines(["more"]);
  stage.simulation.advance(5_000);
  assert.deepEqual([log.text.stdout?.length, log.close], [streamWindow, undefined]);
  assert.deepEqual([command.text, command.close], [{}, undefined]);
});

test("logs wait for a reader who does not take them", () => {
  const { stage, run, tell, open, writeLines } = stageWith();
  run();
  const line = "x".repeat(999);
  writeLines(Array.from({ length: 1_500 }, () => line));
  tell({ type: "test.take", isTaking: false });
  const seen = open(logs());
  stage.simulation.advance(60_000);
  assert.deepEqual([seen.untaken, seen.close], [streamWindow, undefined]);
  tell({ type: "test.take", isTaking: true });
  assert.ok(stage.until(() => seen.close !== undefined, 5_000));
  assert.equal(seen.text.stdout?.length, 1_500_000);
});

test("logs that cannot be had are refused in Kubernetes' words", () => {
  const { stage, open } = stageWith({ images: { app: { startMs: 5_000 } } });
  const refused = (purpose: StreamPurpose, stream: number) => {
    const { answer } = open(purpose, stream);
    return answer?.ok === false ? `${answer.code} ${answer.reason}: ${answer.message}` : "accepted";
  };
  assert.equal(refused(logs(), 1), '404 NotFound: pods "p" not found');
  stage.createPod("p", { containers: [{ name: "c", image: "app:1" }] });
  stage.createPod("bad", { containers: [{ name: "c", image: "missing/app:1" }] });
  stage.createPod("two", { containers: ["a", "b"].map((name) => ({ name, image: "app:1" })) });
  stage.simulation.advance(500);
  const waiting = 'container "c" in pod "p" is waiting to start: ContainerCreating';
  assert.equal(refused(logs(), 2), `400 BadRequest: ${waiting}`);
  assert.equal(refused(logs({ container: "x" }), 3), "400 BadRequest: container x is not valid for pod p");
  const missing = 'container "c" in pod "bad" is waiting to start: image can\'t be pulled';
  assert.equal(refused(logs({ pod: "bad" }), 4), `400 BadRequest: ${missing}`);
  stage.simulation.advance(1_000);
  const trying = 'container "c" in pod "bad" is waiting to start: trying and failing to pull image';
  assert.equal(refused(logs({ pod: "bad" }), 5), `400 BadRequest: ${trying}`);
  assert.equal(
    refused(logs({ pod: "two" }), 6),
    "400 BadRequest: a container name must be specified for pod two, choose one of: [a b]",
  );
  const previous = 'previous terminated container "c" in pod "p" not found';
  assert.equal(refused(logs({ previous: true }), 7), `400 BadRequest: ${previous}`);
  assert.equal(refused(exec(), 8), '500 InternalError: container not found ("c")');
  assert.equal(refused(logs({ uid: "other" }), 9), '404 NotFound: pods "p" not found');
});

test("the logs of the run before are told while the next one waits or runs", () => {
  const { stage, run, open, writeLines, statusOf } = stageWith({
    images: { app: { exitAfterMs: 3_000, exitCode: 1 } },
  });
  run();
  writeLines(["farewell"]);
  assert.ok(stage.until(() => statusOf()?.state?.waiting?.reason === "CrashLoopBackOff"));
  assert.deepEqual(open(logs(), 1).text, { stdout: "farewell\n" });
  assert.deepEqual(open(logs({ previous: true }), 2).text, { stdout: "farewell\n" });
});

test("a command tells what it wrote and how it ended; what is written to it is taken", () => {
  const answer = ran(3, "out", "err");
  const { stage, computer, run, tell, open } = stageWith({ script: { exec: () => ({ answer, afterMs: 7_200_000 }) } });
  run();
  const seen = open(exec({ stdin: true }));
  assert.deepEqual([seen.answer, seen.close], [{ ok: true }, undefined]);
  tell(say({ type: "stream.data", channel: "stdin", data: "hello" }));
  assert.ok(stage.until(() => seen.close !== undefined, 8_000_000));
  assert.deepEqual(
    [seen.text, seen.close],
    [
      { stdout: "out", stderr: "err" },
      { type: "stream.close", stream: 1, sequence: 3, exitCode: 3 },
    ],
  );
  const asked = computer.asked.find(({ what }) => "op" in what && what.op === "ExecSync")?.what;
  assert.deepEqual(asked && "command" in asked && asked.command, ["do", "it"]);
});

test("a command that is asked for twice is run once, even when the first is over", () => {
  const answer = ran();
  const { computer, run, tell, open } = stageWith({ script: { exec: () => ({ answer }) } });
  run();
  const ask = { type: "test.open", stream: 1, purpose: exec() };
  open(exec());
  tell(ask);
  assert.equal(computer.asked.filter(({ what }) => "op" in what && what.op === "ExecSync").length, 1);
});

test("a port-forward that is closed while the computer still dials is answered, and dialled no more", () => {
  const got: Heard[] = [];
  const script: Partial<ComputerScript> = { connect: () => "never", onStream: (heard) => void got.push(heard) };
  const { stage, run, tell, open } = stageWith({ script });
  run();
  const seen = open(forward);
  stage.simulation.advance(10_000);
  assert.equal(seen.answer, undefined);
  tell(say({ type: "stream.close" }));
  assert.deepEqual([seen.answer, got.at(-1)?.type], [{ ok: true }, "stream.close"]);
  const other = open(forward, 2);
  stage.simulation.advance(31_000);
  assert.match(other.close?.error ?? "", /failed to connect to localhost:80: i\/o timeout$/);
  const last = got.at(-1);
  assert.deepEqual(last?.type === "stream.close" && [last.sequence, last.error], [0, "nobody waits for it"]);
});

test("a stream ends when its pod goes, and when its computer does", () => {
  const script = { exec: () => ({ answer: ran(), afterMs: 3_600_000 }) };
  const { stage, run, open } = stageWith({ script });
  run();
  const seen = open(exec());
  stage.deletePod("p");
  assert.ok(stage.until(() => seen.close !== undefined, 5_000));
  assert.equal(seen.close?.error, "pod p is gone");
  run();
  open(exec(), 2);
  stage.simulation.crashNow(computerAddress, "for the test");
  assert.ok(stage.until(() => stage.simulation.report(kubeletAddress)?.incarnation === 1, 5_000));
});

test("a port that refuses is closed in containerd's words", () => {
  const message =
    'failed to connect to localhost:80 inside namespace "s", IPv4: dial tcp4 127.0.0.1:80: connect: connection refused';
  const connect = () => ({ ok: false, code: 500, reason: "InternalError", message }) as const;
  const { stage, run, open } = stageWith({ script: { connect } });
  run();
  const { sandbox = "" } = stage.runtime.inspect(computerAddress).sandboxes[0] ?? {};
  const seen = open(forward);
  assert.deepEqual(seen.answer, { ok: true });
  const place = `network namespace "/var/run/netns/cni-${sandbox.slice(0, 8)}"`;
  assert.equal(seen.close?.error, `failed to execute portforward in ${place}: ${message}`);
});

/** What the computer's end of a port does: gives back what it gets, and takes it. */
function echo(heard: Heard, { say, taken }: ComputerSide): void {
  if (heard.type === "stream.data") {
    taken(heard.data.length);
    say({ type: "stream.data", channel: "data", data: heard.data.toUpperCase() });
  }
  if (heard.type === "stream.end") say({ type: "stream.end" });
}

property(
  "a port passes on all that both ends write, in order, and its end",
  [fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 12 }), fc.boolean()],
  (pieces, closes) => {
    const got: Heard[] = [];
    const onStream: ComputerScript["onStream"] = (heard, side) => {
      got.push(heard);
      echo(heard, side);
    };
    const { run, tell, open } = stageWith({ script: { onStream } });
    run();
    const seen = open(forward);
    assert.deepEqual(seen.answer, { ok: true });
    for (const data of pieces) tell(say({ type: "stream.data", channel: "data", data }));
    tell(say(closes ? { type: "stream.close" } : { type: "stream.end" }));
    assert.equal(seen.text.data ?? "", pieces.join("").toUpperCase());
    assert.deepEqual(
      got.flatMap((message) => (message.type === "stream.data" ? [message.data] : [])),
      pieces,
    );
    const taken = got.flatMap((message) => (message.type === "taken" ? [message.size] : []));
    assert.equal(
      taken.reduce((sum, size) => sum + size, 0),
      pieces.join("").length,
    );
    assert.equal(got.at(-1)?.type, closes ? "stream.close" : "stream.end");
    assert.equal(seen.isEnded, !closes);
  },
  { runs: 20 },
);

property(
  "a reader of logs gets all lines in order, however it is written and read",
  [fc.array(fc.constantFrom("write", "burst", "take", "leave", "wait"), { maxLength: 20 })],
  (acts) => {
    const { stage, run, tell, open, writeLines, computer } = stageWith();
    run();
    const seen = open(logs({ follow: true }));
    for (const act of acts) {
      if (act === "write") writeLines(["a line"]);
      if (act === "burst") writeLines(Array.from({ length: 1_200 }, (_each, index) => `${index} ${"y".repeat(200)}`));
      if (act === "take" || act === "leave") tell({ type: "test.take", isTaking: act === "take" });
      if (act === "wait") stage.simulation.advance(1_000);
    }
    tell({ type: "test.take", isTaking: true });
    stage.simulation.advance(2_000);
    const whole = (computer.lines?.get("c") ?? []).map(({ text }) => `${text}\n`).join("");
    assert.equal(seen.text.stdout ?? "", whole);
    assert.equal(seen.close, undefined);
  },
  { runs: 20 },
);

test("what is said about a stream that is not there is answered with its end", () => {
  const { stage, run, open } = stageWith();
  run();
  const seen = open(forward, 5);
  stage.simulation.crashNow(kubeletAddress, "for the test");
  assert.ok(stage.until(() => stage.simulation.report(kubeletAddress)?.phase === "running.connected"));
  const saying: Saying = { type: "stream.data", channel: "data", data: "x" };
  stage.simulation.send(clientAddress, { to: kubeletAddress, ...say(saying, 5) } as never);
  stage.simulation.advance(100);
  assert.equal(seen.close?.error, "stream is gone");
});
