// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are scripts
import { assert, test } from "../../../../properties/house/test.ts";
import { shellOutcome, systemStage } from "../../../../properties/stages/unix/system_stage.ts";
import type { ResourceLimits } from "../../resource_limits.ts";
import { privilegesOf } from "./kernel/privileges.ts";
import { processSpace } from "./kernel/process_space.ts";

test("a container's process writes lines, sleeps in its host's time and ends with its script's status", () => {
  const { system, lines, status, advance } = systemStage({ env: { WHO: "moin" } });
  system.start(["sh", "-c", "echo $WHO $HOSTNAME; sleep 2; date +%T; echo late >&2; printf rest; exit 7"]);
  assert.deepEqual(lines, ["moin"]);
  advance(1_999);
  assert.equal(status(), undefined);
  advance(1);
  assert.deepEqual([lines.slice(1), status()], [["03:04:07", "! late", "rest"], 7]);
});

test("what ends without an end of line is read while its process goes on, and a line that is ended soon is one", () => {
  const { system, lines, advance } = systemStage();
  system.start(["sh", "-c", "printf a; printf 'b\\n'; printf password:; sleep 60; echo ' right'"]);
  assert.deepEqual(lines, ["ab"]);
  advance(1_000);
  assert.deepEqual(lines, ["ab", "password:"]);
  advance(60_000);
  assert.deepEqual(lines, ["ab", "password:", " right"]);
});

test("a loop without end lets time pass, and others have their turn", () => {
  const stage = systemStage();
  stage.system.start(["sh", "-c", "while true; do :; done"]);
  assert.equal(stage.exec(["echo", "here"])?.stdout, "here\n");
  const beforeMs = stage.nowMs();
  stage.advance(5_000);
  assert.equal(stage.nowMs(), beforeMs + 5_000);
  assert.equal(stage.status(), undefined);
});

test("what grows without end is ended as what takes too much memory, and the rest goes on", () => {
  const doubling = "a=0123456789abcdef; while true; do a=$a$a; done";
  assert.equal(shellOutcome(doubling)?.exitCode, 137);
  assert.equal(shellOutcome("yes $(seq 1000) > /tmp/x; echo $?")?.stdout, "1\n");
  assert.match(shellOutcome("yes > /tmp/x")?.stderr ?? "", /No space left on device/);
  assert.equal(shellOutcome("f() { f; }; f")?.exitCode, 2);
  assert.equal(shellOutcome(`${"(".repeat(20_000)}`)?.exitCode, 2);
  assert.equal(shellOutcome("x=$(yes); echo $?")?.stdout, "137\n");
  assert.match(shellOutcome("while true; do sleep 100 & done")?.stderr ?? "", /can't fork/);
  const exponential = "a=1; for n in b c d e f g h i j k l m n o p; do eval $n='\"$a+$a\"'; a=$n; done; echo $((a))";
  assert.equal(shellOutcome(exponential)?.exitCode, 2);
});

test("process 1 ignores signals that it has no handler for, a trap is run, and KILL from outside ends all", () => {
  for (const command of [
    ["sleep", "3600"],
    ["sh", "-c", "sleep 3600"],
    ["tail", "-f", "/dev/null"],
  ]) {
    const { system, status, advance } = systemStage();
    system.start(command);
    system.signal("TERM");
    advance(10_000);
    assert.equal(status(), undefined, command.join(" "));
  }
  const { system, lines, status, advance } = systemStage();
  system.start(["sh", "-c", "trap 'echo bye; exit 3' TERM; while true; do sleep 1; done"]);
  advance(500);
  system.signal("TERM");
  assert.equal(status(), undefined);
  // As a real shell, it waits for the command that it runs before it looks at the signal.
  advance(500);
  assert.deepEqual([lines, status()], [["bye"], 3]);
  const waiting = systemStage();
  waiting.system.start(["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"]);
  waiting.system.signal("TERM");
  assert.equal(waiting.status(), 0);
});

test("a command in a container sees its files, its environment and its processes, and tells its status", () => {
  const stage = systemStage({ env: { COLOR: "blue" }, folder: "/srv" });
  stage.system.start(["sh", "-c", "touch /tmp/healthy; sleep 3; rm /tmp/healthy; sleep 600"]);
  assert.equal(stage.exec(["cat", "/tmp/healthy"])?.exitCode, 0);
  assert.equal(stage.exec(["printenv", "COLOR"])?.stdout, "blue\n");
  assert.equal(stage.exec(["pwd"])?.stdout, "/srv\n");
  assert.match(stage.exec(["ps"])?.stdout ?? "", /^ +1 root +0:00 sh -c touch.*\n +2 root +0:00 touch|sleep 3/m);
  stage.advance(3_000);
  const gone = stage.exec(["cat", "/tmp/healthy"]);
  assert.deepEqual([gone?.exitCode, gone?.stderr], [1, "cat: can't open '/tmp/healthy': No such file or directory\n"]);
  assert.equal(stage.exec(["sh", "-c", "echo kept > /tmp/note"])?.exitCode, 0);
  assert.equal(stage.exec(["cat", "/tmp/note"])?.stdout, "kept\n");
});

test("a container has files of its own: what one changes in them another does not see", () => {
  assert.equal(shellOutcome("rm -rf /etc /bin/ls; ls / 2>&1; echo $?")?.exitCode, 0);
  assert.match(shellOutcome("ls /")?.stdout ?? "", /^bin\ndev\netc\n/);
  assert.equal(shellOutcome("cat /etc/hostname")?.stdout, "web-0\n");
});

test("a program that is not known is 127, with a line that says why", () => {
  const inScript = shellOutcome("curl http://web; echo $?");
  assert.equal(inScript?.stdout, "127\n");
  assert.equal(inScript?.stderr, "sh: curl: not found (kubetroupe plays this container and knows no such program)\n");
  assert.equal(inScript?.unknownProgram, "curl");
  const stage = systemStage();
  stage.system.start([]);
  const direct = stage.exec(["no-such-program", "-v"]);
  assert.equal(direct?.exitCode, 127);
  assert.equal(
    direct?.stderr,
    'exec: "no-such-program": executable file not found in $PATH (kubetroupe plays this container and knows no such program)\n',
  );
});

test("a server that is not played lives until it is told to end, and has no other use", () => {
  const image = { base: "debian", own: ["/usr/local/bin/postgres"] } as const;
  const stage = systemStage({ image });
  stage.system.start(["sh", "-c", "echo before; exec postgres -D /data"]);
  stage.advance(60_000);
  const check = stage.exec(["postgres", "--version"]);
  assert.deepEqual([check?.exitCode, check?.unknownProgram], [127, "postgres"]);
  stage.system.signal("TERM");
  assert.equal(stage.status(), 0);
});

test("a shell without a script reads its input: it ends with it, and waits while somebody may write", () => {
  const { system, status } = systemStage();
  system.start(["sh"]);
  assert.equal(status(), 0);
  const open = systemStage();
  open.system.start(["sh"], { hasInput: true });
  open.advance(10_000);
  assert.equal(open.status(), undefined);
});

test("texts are bytes inside, and characters outside", () => {
  const { system, lines } = systemStage({ env: { NAME: "Jürgen" } });
  system.start(["sh", "-c", "echo $NAME; echo -n $NAME | wc -c"]);
  assert.deepEqual(lines, ["Jürgen", "7"]);
});

test("/proc tells of the processes that are seen, what they may, and of the container's limits", () => {
  const limits: { -readonly [Name in keyof ResourceLimits]: ResourceLimits[Name] } = { cpuLimitMillis: 20 };
  assert.equal(shellOutcome("cat /sys/fs/cgroup/cpu.weight")?.stdout, "1\n");
  limits.cpuRequestMillis = 500;
  const user = {
    uid: 0,
    gid: 0,
    privileges: privilegesOf({ capabilities: { add: ["NET_ADMIN", "SYS_TIME"] }, seccomp: "RuntimeDefault" }, 0),
  };
  const stage = systemStage({ user, limits: () => limits, env: { WHO: "me" } });
  stage.system.start(["sleep", "1000"]);
  const said = (script: string) => stage.exec(["sh", "-c", script])?.stdout;
  assert.equal(
    said("grep -E '^(Name|Pid|PPid|Uid|CapPrm|Seccomp):' /proc/1/status"),
    "Name:\tsleep\nPid:\t1\nPPid:\t0\nUid:\t0\t0\t0\t0\nCapPrm:\t00000000aa0435fb\nSeccomp:\t2\n",
  );
  assert.match(said("cat /proc/self/status") ?? "", /^Name:\tcat\n[\s\S]*State:\tR \(running\)/);
  assert.equal(said("tr '\\0' ' ' < /proc/1/cmdline; grep -c WHO=me /proc/1/environ"), "sleep 1000 1\n");
  assert.match(said("ls /proc") ?? "", /^1\n[\s\S]*meminfo\n[\s\S]*self\n/);
  assert.equal(
    said("cat /proc/99/status 2>&1; test -d /proc/1 && echo there"),
    "cat: can't open '/proc/99/status': No such file or directory\nthere\n",
  );
  assert.equal(said("cd /sys/fs/cgroup; cat cpu.max memory.max cpu.weight"), "2000 100000\nmax\n20\n");
  limits.memoryLimitBytes = 36_700_160;
  assert.equal(said("cat /proc/1/oom_score_adj"), "0\n");
  Object.assign(limits, { cpuLimitMillis: 5, oomScoreAdj: -997 });
  assert.equal(said("cat /proc/1/oom_score_adj /sys/fs/cgroup/cpu.max"), "-997\n1000 100000\n");
  assert.equal(said("cat /sys/fs/cgroup/memory.max"), "36700160\n");
  const other = privilegesOf({ capabilities: { drop: ["ALL"] }, mayNotGain: true }, 1000);
  const told = shellOutcome("grep -E 'Cap(Eff|Bnd)|NoNew' /proc/self/status", {
    user: { uid: 1000, gid: 0, privileges: other },
  });
  assert.equal(told?.stdout, "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\n");
});

test("what another container has under its root is seen by the number of its process", () => {
  const space = processSpace({ hasInit: true });
  const web = systemStage({ space });
  web.system.start(["sh", "-c", "echo mine > /tmp/page; sleep 1000"]);
  const debug = systemStage({ space });
  debug.system.start(["sleep", "1000"]);
  const said = (script: string) => debug.exec(["sh", "-c", script])?.stdout;
  assert.equal(said("cat /proc/2/root/tmp/page; ls /tmp; ls /proc/2/root/tmp"), "mine\npage\n");
});
