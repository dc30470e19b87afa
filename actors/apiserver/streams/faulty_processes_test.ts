import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { beginLinkFault, linkFault } from "../../../properties/stages/streams/link_faults.ts";
import { addresses, type StreamStage, streamStage } from "../../../properties/stages/streams/stage.ts";
import type { ModelSocket } from "../../../runtime/devices/net_model_socket.ts";
import { streamWindow } from "../../network/streams.ts";

/** As long as it may take until what is lost is found: silence, and a question of the kubelet's that got no answer. */
const boundMs = 100_000;
const endOfInput = "\xff\0";
const talker = [{ name: "c", image: "busybox:1", command: ["cat"], stdin: true }];

/** What came on a channel. */
const heard = (socket: ModelSocket, channel: string) =>
  socket
    .frames()
    .filter((frame) => frame.startsWith(channel))
    .map((frame) => frame.slice(1))
    .join("");
const ending = (socket: ModelSocket) => heard(socket, "\x03");

/** Somebody who talks to a process that gives back what it gets. */
function conversation(seed: number, kind: "exec" | "attach") {
  const stage = streamStage(seed, { spec: { containers: talker } });
  const socket = kind === "exec" ? stage.exec("cat") : stage.attach();
  let said = "";
  return {
    ...{ stage, socket, advance: stage.lab.simulation.advance },
    said: () => said,
    say(size: number) {
      if (socket.state() !== "waiting" || socket.closeCode() !== 0) return;
      const text = Array.from({ length: size }, (_none, at) => String.fromCharCode((said.length + at) % 256)).join("");
      said += text;
      socket.send(`\0${text}`);
    },
    echoed: () => heard(socket, "\x01"),
  };
}

/** How many processes run `cat` in the container. */
function cats({ look }: StreamStage): number {
  return look("ps")
    .split("\n")
    .filter((line) => line.endsWith(" cat")).length;
}

property(
  "over links that lose, repeat and reorder, a process and its client get each other's very bytes, or the client knows in time that it broke",
  [
    fc.nat(),
    fc.constantFrom("exec" as const, "attach" as const),
    fc.array(linkFault, { minLength: 1, maxLength: 3 }),
    fc.array(fc.record({ size: fc.nat(100_000), waitMs: fc.nat(8_000) }), { minLength: 1, maxLength: 8 }),
  ],
  (seed, kind, faults, acts) => {
    const { stage, socket, advance, say, said, echoed } = conversation(seed, kind);
    const ends = faults.map((each) => beginLinkFault(stage, each));
    for (const { size, waitMs } of acts) {
      say(size);
      advance(waitMs);
    }
    for (const end of ends) end();
    advance(boundMs);
    assert.ok(said().startsWith(echoed()), "the client got other bytes than it said");
    const isBroken = socket.closeCode() !== 0;
    if (isBroken) assert.match(ending(socket), /"message":".* error (executing|attaching)|unable to upgrade|dial tcp/);
    else assert.equal(echoed(), said());
    assert.deepEqual(stage.open(), isBroken ? [0, 0, 0] : [1, 1, 1]);
    socket.abort();
    advance(boundMs);
    assert.deepEqual([stage.open(), cats(stage)], [[0, 0, 0], 1]);
  },
  { runs: 20 },
);

test("a command ends with its input, and its client is told how, over links that repeat and delay", () => {
  const { stage, socket, say, said, echoed, advance } = conversation(1, "exec");
  for (const link of ["apiserver", "computer"] as const) {
    stage.fault("duplication", { link, probability: 0.5 });
    stage.fault("reordering", { link, delayMsMax: 100 });
  }
  say(700_000);
  socket.send(endOfInput);
  advance(30_000);
  assert.equal(echoed(), said());
  assert.deepEqual([ending(socket), socket.closeCode()], ['{"metadata":{},"status":"Success"}', 1000]);
  assert.deepEqual([stage.open(), cats(stage)], [[0, 0, 0], 1]);
});

test("a client that reads nothing holds the process, and memory to a window; one that never reads again ends it", () => {
  const { stage } = conversation(2, "attach");
  const { simulation } = stage.lab;
  const slow = stage.exec("sh", "-c", "sleep 1; yes | head -c 3000000; echo done >/tmp/done");
  slow.pause();
  simulation.advance(60_000);
  assert.deepEqual([slow.frames().join("").length <= streamWindow, stage.look("ls", "/tmp")], [true, ""]);
  for (let turn = 0; turn < 200 && ending(slow) === ""; turn++) {
    slow.resume();
    simulation.advance(100);
    slow.pause();
  }
  slow.resume();
  simulation.advance(1_000);
  assert.deepEqual([heard(slow, "\x01").length, stage.look("ls", "/tmp")], [3_000_000, "done\n"]);
  assert.match(ending(slow), /Success/);
  const gone = stage.exec("sh", "-c", "sleep 1; yes");
  gone.pause();
  simulation.advance(5_000);
  assert.match(stage.look("ps"), /yes/);
  gone.abort();
  simulation.advance(1_000);
  assert.doesNotMatch(stage.look("ps"), /yes/);
});

test("a command ends with the kubelet that it was run through, and process 1 goes on", () => {
  const { stage, socket, say, advance } = conversation(3, "exec");
  const attached = stage.attach();
  say(10);
  advance(100);
  assert.equal(cats(stage), 2);
  stage.lab.simulation.crashNow(addresses.kubelet, "for the test");
  advance(1_000);
  for (const [each, doing] of [
    [socket, "executing command in"],
    [attached, "attaching to"],
  ] as const) {
    assert.equal(
      JSON.parse(ending(each)).message,
      `Internal error occurred: error ${doing} container: the kubelet is gone`,
    );
  }
  assert.deepEqual([cats(stage), stage.open()[2]], [1, 0]);
  advance(10_000);
  const again = stage.attach();
  again.send("\0back\n");
  advance(100);
  assert.equal(heard(again, "\x01"), "back\n");
});

test("who is attached is told when the container ends, and its exit code is the pod's", () => {
  const containers = [{ name: "c", image: "busybox:1", command: ["sh"], stdin: true, stdinOnce: true }];
  const stage = streamStage(4, { spec: { containers, restartPolicy: "Never" } });
  const attached = stage.attach();
  attached.send("\0echo bye; exit 7\n");
  stage.lab.simulation.advance(2_000);
  assert.deepEqual([heard(attached, "\x01"), ending(attached)], ["bye\n", '{"metadata":{},"status":"Success"}']);
  const { status } = stage.lab.call("get", "pods", { namespace: "default", name: "web" }).body;
  assert.equal(status.containerStatuses[0].state.terminated.exitCode, 7);
  const late = stage.attach();
  assert.match(ending(late), /unable to upgrade connection: container not found/);
});

test("a terminal has one output and takes its size, and the same seed says the same in the same order", () => {
  const said = () => {
    const stage = streamStage(5, { spec: { containers: talker } });
    const { simulation, connect } = stage.lab;
    const url = "/api/v1/namespaces/default/pods/web/exec?command=sh&stdin=true&stdout=true&stderr=true&tty=true";
    const socket = connect(url, ["v5.channel.k8s.io"]);
    socket.send('\x04{"Width":80,"Height":24}');
    for (const keys of ["\0nope\r", "\0stty size\r", "\0sleep 100\r", "\0\x03", "\0exit 2\r"]) {
      socket.send(keys);
      simulation.advance(500);
    }
    return { socket, hash: simulation.journal.hash() };
  };
  const { socket, hash } = said();
  const shown = heard(socket, "\x01");
  assert.match(
    shown,
    /^\/ # nope\r\nsh: nope: not found .*\r\n\/ # stty size\r\n24 80\r\n\/ # sleep 100\r\n\^C\r\n\/ # exit 2\r\n$/,
  );
  assert.deepEqual([heard(socket, "\x02"), JSON.parse(ending(socket)).details.causes[0].message], ["", "2"]);
  assert.equal(said().hash, hash);
});
