import { assert, fc, property, test } from "../../../../properties/house/test.ts";
import { streamRecorder } from "../../../../properties/stages/unix/stream_recorder.ts";
import { systemStage } from "../../../../properties/stages/unix/system_stage.ts";

const piped = { hasInput: true, hasTerminal: false };

function commandWith(command: readonly string[], { wish = piped, client = streamRecorder() } = {}) {
  const stage = systemStage();
  stage.system.start([]);
  return { ...stage, client, server: stage.system.open(command, wish, client) };
}

test("open() passes on what a command writes as it writes it, and what comes for its input, to its exit status", () => {
  const { client, server, advance } = commandWith(["sh", "-c", "echo one; read line; echo got $line >&2; exit 7"]);
  assert.deepEqual(client.text, { stdout: "one\n", stderr: "" });
  server.input("hal");
  server.input("lo\nmore");
  advance(10);
  assert.deepEqual([client.text.stderr, client.closed()], ["got hallo\n", { exitCode: 7 }]);
});

test("open() ends a command's input when the client writes no more, and all its processes when the client leaves", () => {
  const { client, server } = commandWith(["cat"]);
  server.input("\xff\0bytes");
  assert.deepEqual([client.text.stdout, client.closed()], ["\xff\0bytes", undefined]);
  server.end();
  assert.deepEqual(client.closed(), { exitCode: 0 });
  const left = commandWith(["sh", "-c", "sleep 1000 | sleep 1000"]);
  const isRunning = () => left.exec(["ps"])?.stdout.includes("sleep");
  assert.equal(isRunning(), true);
  left.server.leave();
  assert.equal(isRunning(), false);
  assert.equal(left.client.closed(), undefined);
});

test("open() gives a command that nobody writes to an empty input", () => {
  const { client, server } = commandWith(["cat"], { wish: { hasInput: false, hasTerminal: false } });
  assert.deepEqual(client.closed(), { exitCode: 0 });
  server.input("late");
  assert.equal(client.tookBytes(), 4);
});

test("attach() shows what process 1 writes from then on, in parts of lines too, and what it reads", () => {
  const stage = systemStage();
  stage.system.start(["sh", "-c", "echo early; printf 'name? '; read name; echo hello $name; exit 3"], {
    hasInput: true,
  });
  const [client, other] = [streamRecorder(), streamRecorder()];
  const server = stage.system.attach({ hasInput: true }, client);
  stage.system.attach({ hasInput: false }, other);
  server.input("moin\n");
  assert.equal(client.text.stdout, "hello moin\n");
  assert.deepEqual(client.text, other.text);
  assert.deepEqual([client.closed(), other.closed(), stage.status()], [{ exitCode: 0 }, { exitCode: 0 }, 3]);
  assert.deepEqual(stage.lines, ["early", "name? hello moin"]);
});

test("attach() ends the input of process 1 with its first client where the container says so, else only the client", () => {
  for (const closesInput of [true, false]) {
    const stage = systemStage();
    stage.system.start(["cat"], { hasInput: true, closesInput });
    const client = streamRecorder();
    const server = stage.system.attach({ hasInput: true }, client);
    server.input("x\n");
    server.end();
    assert.deepEqual([client.text.stdout, client.closed()], ["x\n", { exitCode: 0 }]);
    assert.equal(stage.status(), closesInput ? 0 : undefined);
  }
  const stage = systemStage();
  stage.system.start(["cat"], { hasInput: true, closesInput: true });
  stage.system.attach({ hasInput: true }, streamRecorder()).leave();
  assert.equal(stage.status(), 0);
});

test("who is attached and does not read holds process 1 up, until it leaves", () => {
  const stage = systemStage();
  stage.system.start(["sh", "-c", "read go; yes | head -c 1000000; echo done"], { hasInput: true });
  const slow = streamRecorder(5_000);
  const server = stage.system.attach({ hasInput: true }, slow);
  server.input("\n");
  stage.advance(10_000);
  assert.deepEqual([slow.text.stdout.length, stage.status()], [5_000, undefined]);
  server.leave();
  stage.advance(10_000);
  assert.equal(stage.status(), 0);
});

property(
  "open() brings bytes to a command and back in order, whatever the pieces, and holds no more than a bound",
  [fc.array(fc.string({ unit: "binary", maxLength: 30_000 }), { maxLength: 8 }), fc.integer({ min: 1, max: 50_000 })],
  (texts, stepBytes) => {
    const pieces = texts.map((text) => Buffer.from(text).toString("latin1"));
    const { client, server, advance } = commandWith(["cat"], { client: streamRecorder(0) });
    let sent = 0;
    for (const piece of pieces) {
      server.input(piece);
      sent += piece.length;
      advance(1_000);
      // What waits inside: a pipe, and a piece in the program's hands.
      assert.ok(client.tookBytes() - client.text.stdout.length <= 65_536 + 2 * 16_384);
      client.makeRoom(stepBytes);
      server.roomAgain();
    }
    server.end();
    for (let turn = 0; client.closed() === undefined && turn < 1_000_000; turn++) {
      client.makeRoom(stepBytes);
      server.roomAgain();
      advance(10);
    }
    assert.deepEqual([client.text.stdout === pieces.join(""), client.tookBytes()], [true, sent]);
    assert.deepEqual(client.closed(), { exitCode: 0 });
  },
  { runs: 20 },
);
