import { assert, test } from "../../../../properties/house/test.ts";
import { streamRecorder } from "../../../../properties/stages/unix/stream_recorder.ts";
import { systemStage } from "../../../../properties/stages/unix/system_stage.ts";
import type { BaseName } from "./files/base_tree.ts";

function terminalWith(command: readonly string[] = ["sh"], base: BaseName = "busybox") {
  const stage = systemStage({ image: { base } });
  stage.system.start([]);
  const client = streamRecorder();
  const server = stage.system.open(command, { hasInput: true, hasTerminal: true }, client);
  /** Types keys; gives back what is shown then. */
  const type = (keys: string) => {
    const before = client.text.stdout.length;
    server.input(keys);
    stage.advance(10);
    return client.text.stdout.slice(before);
  };
  stage.advance(10);
  return { ...stage, client, server, type };
}

test("a shell at a terminal asks for commands, shows what is typed, and ends at ^D or exit", () => {
  const { client, type } = terminalWith();
  assert.equal(client.text.stdout, "/ # ");
  assert.equal(type("echo moin\r"), "echo moin\r\nmoin\r\n/ # ");
  assert.equal(type("cd /tmp; cd /etc\r"), "cd /tmp; cd /etc\r\n/etc # ");
  assert.match(type("if true\rthen echo yes\rfi\r"), /yes\r\n\/etc # $/);
  assert.equal(type("cd; tty; echo $TERM\r"), "cd; tty; echo $TERM\r\n/dev/pts/0\r\nxterm\r\n~ # ");
  assert.match(type("if then\r"), /sh: syntax error: .*\r\n~ # $/);
  assert.equal(type("nope; echo $?\r").split("\r\n").at(-2), "127");
  assert.equal(client.closed(), undefined);
  type("\x04");
  assert.deepEqual(client.closed(), { exitCode: 0 });
  const other = terminalWith(["sh"], "debian");
  assert.equal(other.type("exit 3\r"), "exit 3\r\n");
  assert.deepEqual([other.client.text.stdout.slice(0, 2), other.client.closed()], ["# ", { exitCode: 3 }]);
  assert.equal(terminalWith(["bash"], "debian").client.text.stdout, "root@web-0:/# ");
});

test("^C ends what a shell runs, but not the shell, what is in the background, or what is being typed for it", () => {
  const { client, exec, type } = terminalWith();
  type("sleep 1000 &\r");
  assert.equal(type("sleep 2000\r"), "sleep 2000\r\n");
  assert.equal(type("\x03"), "^C\r\n/ # ");
  assert.equal(type("echo $?\r"), "echo $?\r\n130\r\n/ # ");
  assert.equal(type("echo not th\x03"), "echo not th^C\r\n/ # ");
  type("while true; do :; done\r");
  assert.equal(type("\x03"), "^C\r\n/ # ");
  type("while true; do read line; done\r");
  assert.equal(type("\x03"), "^C\r\n/ # ");
  const ps = exec(["ps"])?.stdout ?? "";
  assert.deepEqual([ps.includes("sleep 1000"), ps.includes("sleep 2000")], [true, false]);
  assert.equal(client.closed(), undefined);
});

test("a line at a terminal is a program's when it is whole, and can be mended before", () => {
  const { client, type } = terminalWith(["cat"]);
  assert.equal(type("abx"), "abx");
  assert.equal(type("\x7fc"), "\b \bc");
  assert.equal(type("\r"), "\r\nabc\r\n");
  assert.equal(type("g\xc3\xbc"), "g\xc3\xbc");
  assert.equal(type("\x7f\x15ok\r"), "\b \b\b \bok\r\nok\r\n");
  assert.equal(type("half\x04"), "halfhalf");
  type("\x04");
  assert.deepEqual(client.closed(), { exitCode: 0 });
});

test("a container's own shell is talked to by who is attached to its terminal", () => {
  const stage = systemStage();
  stage.system.start(["sh"], { hasInput: true, hasTerminal: true, closesInput: true });
  stage.advance(10);
  const [first, second] = [streamRecorder(), streamRecorder()];
  stage.system.attach({ hasInput: true }, first).leave();
  const server = stage.system.attach({ hasInput: true }, second);
  server.input("\rexit 4\r");
  stage.advance(10);
  assert.deepEqual([second.text.stdout, second.closed(), stage.status()], ["\r\nexit 4\r\n/ # ", { exitCode: 0 }, 4]);
});

test("sh runs what it reads line by line, and leaves the rest to its commands", () => {
  const stage = systemStage();
  stage.system.start([]);
  const client = streamRecorder();
  const server = stage.system.open(["sh"], { hasInput: true, hasTerminal: false }, client);
  server.input("echo one\nread x\nvalue\necho $x\ncat <<E\ndoc\n");
  stage.advance(10);
  assert.equal(client.text.stdout, "one\nvalue\n");
  server.input("E\necho a \\\nb\ncat\nthe rest\n");
  server.end();
  stage.advance(10);
  assert.deepEqual(
    [client.text, client.closed()],
    [{ stdout: "one\nvalue\ndoc\na b\nthe rest\n", stderr: "" }, { exitCode: 0 }],
  );
});

test("a terminal has the size that whoever looks at it says, which its processes are told, and shows no more than it is to", () => {
  const { client, server, type } = terminalWith(["bash"], "debian");
  assert.match(type("stty size\r"), /\r\n0 0\r\n/);
  server.resize?.({ columns: 120, rows: 40 });
  assert.match(type("stty size\r"), /\r\n40 120\r\n/);
  assert.match(type("stty rows 10 cols 20; stty -a\r"), /rows 10; columns 20; line = 0;\r\necho\r\n/);
  assert.match(type("stty wrong\r"), /stty: invalid argument 'wrong'\r\n/);
  type("trap 'echo resized' WINCH; stty -echo\r");
  server.resize?.({ columns: 80, rows: 24 });
  assert.equal(type("true\r"), "root@web-0:/# ");
  assert.equal(client.text.stdout.split("resized").length, 3);
  // The same size again is no news.
  server.resize?.({ columns: 80, rows: 24 });
  type("stty echo\r");
  assert.equal(client.text.stdout.split("resized").length, 3);
  assert.equal(client.closed(), undefined);
  const piped = systemStage();
  piped.system.start([]);
  assert.deepEqual(piped.exec(["stty", "size"])?.stderr, "stty: standard input: Inappropriate ioctl for device\n");
});
