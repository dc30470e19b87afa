import { assert, test } from "../../../../../properties/house/test.ts";
import { shellOutcome, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import { newFolder, newMedium, setGroupBit } from "../files/file_node.ts";
import { privilegesOf } from "../kernel/privileges.ts";
import { hostSpace, type ProcessSpace, processSpace } from "../kernel/process_space.ts";

const said = (script: string) => shellOutcome(script)?.stdout;

test("sed substitutes, deletes and prints lines, by numbers and patterns, also in place", () => {
  assert.equal(said("printf 'a b\\na c\\n' | sed 's/a/[&]/; s/c$/d/'"), "[a] b\n[a] d\n");
  assert.equal(said("echo aaa | sed 's/a/b/g'"), "bbb\n");
  assert.equal(said("seq 5 | sed -n '2,3p'"), "2\n3\n");
  assert.equal(said("seq 5 | sed '/2/,/4/d'"), "1\n5\n");
  assert.equal(said("seq 3 | sed '$!d'"), "3\n");
  assert.equal(said("seq 9 | sed 2q"), "1\n2\n");
  assert.equal(said("echo x/y | sed 's|/|:|'"), "x:y\n");
  assert.equal(said("echo port=80 > /tmp/c; sed -i -E 's/[0-9]+/8080/' /tmp/c; cat /tmp/c"), "port=8080\n");
  assert.match(shellOutcome("echo a | sed 's/\\(a\\)/\\1/'")?.stderr ?? "", /unsupported command/);
});

test("find, xargs, du and base64 go together with what others write", () => {
  const files = "mkdir -p /t/a; echo 1 > /t/x.log; echo 2 > /t/a/y.log; ";
  assert.equal(said(`${files}find /t -name '*.log' -type f | sort`), "/t/a/y.log\n/t/x.log\n");
  assert.equal(said(`${files}find /t -name '*.log' | sort | xargs cat`), "2\n1\n");
  assert.equal(said(`${files}find /t -name 'x*' -o -type d -name a | sort`), "/t/a\n/t/x.log\n");
  assert.equal(said(`${files}find /t -type f ! -name 'x*' -a -name '*.log'`), "/t/a/y.log\n");
  assert.equal(said("seq 3 | xargs -n 2 echo =="), "== 1 2\n== 3\n");
  assert.equal(said("seq 3 | xargs -n 0 echo; seq 3 | xargs -n x echo; echo $?"), "1\n");
  assert.equal(said("seq 2 | xargs -I{} echo '<{}>'"), "<1>\n<2>\n");
  assert.equal(said(`${files}du -s /t`), "16\t/t\n");
  assert.equal(said("echo -n 'grüße' | base64 | base64 -d"), "grüße");
});

test("dd copies so many blocks, and stat tells of what came of it", () => {
  const outcome = shellOutcome("dd if=/dev/zero of=/tmp/z bs=1k count=3; stat -c '%s %a %U %F' /tmp/z");
  assert.equal(outcome?.stdout, "3072 644 root regular file\n");
  assert.match(outcome?.stderr ?? "", /^3\+0 records in\n3\+0 records out\n3072 bytes/);
  assert.match(shellOutcome("dd of=/tmp/big if=/dev/zero bs=1M count=32")?.stderr ?? "", /No space left on device/);
});

test("df and mount tell of what a container sees mounted, free and nproc of its computer", () => {
  const node = newFolder(newMedium({ bytesMax: 1024 * 1024, nodesMax: 10 }), 0);
  const stage = systemStage({ mounts: [{ path: "/data", node, isReadOnly: false }] });
  stage.system.start(["sleep", "1000"]);
  assert.match(stage.exec(["df", "/data"])?.stdout ?? "", /^tmpfs +1024 +0 +1024 +0% \/data$/m);
  assert.match(stage.exec(["mount"])?.stdout ?? "", /^tmpfs on \/data type tmpfs \(rw,relatime\)$/m);
  const groups = "cgroup on /sys/fs/cgroup type cgroup2 (ro,relatime)\n";
  assert.deepEqual(
    [stage.exec(["mount", "-t", "cgroup2"])?.stdout, stage.exec(["mount", "-t", "nfs"])?.stdout],
    [groups, ""],
  );
  assert.equal(stage.exec(["mount", "-t", "nfs", "there:/", "/mnt"])?.exitCode, 1);
  assert.doesNotMatch(stage.exec(["df"])?.stdout ?? "", /proc|cgroup/);
  assert.match(stage.exec(["free", "-m"])?.stdout ?? "", /^Mem: +8192 /m);
  assert.equal(stage.exec(["nproc"])?.stdout, "4\n");
});

test("what a user makes is theirs, and in a folder of a group the group's", () => {
  const node = newFolder(newMedium({ bytesMax: 1024, nodesMax: 10 }), 0, 0o777 | setGroupBit);
  node.gid = 2000;
  const user = { uid: 1000, gid: 3000, groups: [2000, 4000] };
  const stage = systemStage({ user, mounts: [{ path: "/data", node, isReadOnly: false }] });
  stage.system.start(["sleep", "1000"]);
  assert.equal(stage.exec(["id"])?.stdout, "uid=1000 gid=3000 groups=2000,3000,4000\n");
  const listed = stage.exec([
    "sh",
    "-c",
    "cd /data; echo hi > f; mkdir d; ls -l; ls -ld /data; touch /tmp/x; ls -l /tmp/x",
  ]);
  const lines = (listed?.stdout ?? "").split("\n").map((line) => line.split(/ +/).slice(0, 4).join(" "));
  const [, d, f, data, x] = lines;
  assert.deepEqual([d, f], ["drwxr-sr-x 2 1000 2000", "-rw-r--r-- 1 1000 2000"]);
  assert.deepEqual([data, x], ["drwxrwsrwx 2 root 2000", "-rw-r--r-- 1 1000 3000"]);
});

test("containers that share their processes see and end each other's, beside the pause process", () => {
  const space = processSpace({ hasInit: true });
  const [one, two] = [systemStage({ space }), systemStage({ space })];
  one.system.start(["sleep", "1000"]);
  two.system.start(["sleep", "2000"]);
  const seen = two.exec(["ps"])?.stdout ?? "";
  assert.deepEqual(
    seen
      .split("\n")
      .slice(1, -1)
      .map((line) =>
        line
          .replace(/ +/g, " ")
          .trim()
          .split(" ")
          .filter((_, at) => at !== 1 && at !== 2)
          .join(" "),
      ),
    ["1 /pause", "2 sleep 1000", "3 sleep 2000", "4 ps"],
  );
  assert.equal(two.exec(["kill", "2"])?.exitCode, 0);
  two.advance(1);
  assert.equal(one.status(), 143);
  assert.doesNotMatch(two.exec(["ps"])?.stdout ?? "", /sleep 1000/);
  const alone = systemStage();
  alone.system.start(["sleep", "1000"]);
  assert.match(alone.exec(["ps"])?.stdout ?? "", /^ +1 root +0:00 sleep 1000$/m);
});

test("who shares the computer's processes sees and ends those of all its containers", () => {
  const inUse = new Set<ProcessSpace>();
  const space = hostSpace(inUse);
  const [alone, one, two] = [processSpace({ inUse }), space, space].map((each) => systemStage({ space: each }));
  alone?.system.start(["sh", "-c", "trap 'exit 7' TERM; while true; do sleep 5; done"]);
  one?.system.start(["sleep", "1111"]);
  two?.system.start(["sleep", "2222"]);
  const seen = two?.exec(["ps"])?.stdout ?? "";
  assert.match(seen, /^ +1 root +0:00 \/sbin\/init$/m);
  for (const each of ["sleep 1111", "sleep 2222", "sh -c trap 'exit 7' TERM; while true; do sleep 5; done"])
    assert.ok(seen.includes(each), seen);
  assert.doesNotMatch(alone?.exec(["ps"])?.stdout ?? "", /1111|2222|init/);
  const [, pid = ""] = /^ +(\d+) root +0:00 sh -c trap/m.exec(seen) ?? [];
  assert.equal(two?.exec(["cat", `/proc/${pid}/root/etc/hostname`])?.stdout, "web-0\n");
  two?.exec(["kill", pid]);
  alone?.advance(5_000);
  assert.equal(alone?.status(), 7);
  assert.doesNotMatch(two?.exec(["ps"])?.stdout ?? "", /trap/);
});

test("expr calculates a word at a time, and its status says whether something came of it", () => {
  assert.equal(said("expr 3 % 2; expr 2 + 3 '*' 4; expr '(' 2 + 3 ')' '*' 4; expr 7 / 2 - 10"), "1\n14\n20\n-7\n");
  assert.equal(
    said("expr 10 '>' 9; expr abc '<' abd; expr 1 = 01; expr a != a; expr '' '|' b; expr 0 '&' 1"),
    "1\n1\n1\n0\nb\n0\n",
  );
  assert.equal(
    said("expr length hello; expr substr hello 2 3; expr index hello lo; expr abc123 : '[a-z]*'"),
    "5\nell\n3\n3\n",
  );
  assert.equal(
    said("expr 4 % 2; echo $?; expr 1; echo $?; expr 1 +; echo $?; expr a + 1; echo $?"),
    "0\n1\n1\n0\n2\n2\n",
  );
  assert.equal(shellOutcome("expr 1 / 0; expr a : '\\(a\\)'")?.stderr.split("\n")[0], "expr: division by zero");
});

test("ls -i shows numbers that files keep where they are moved to", () => {
  const script = "mkdir /n; cd /n; echo a > a; echo b > b; ls -i; mv a c; ls -i; ls -id /n | wc -w";
  assert.equal(said(script), "      2 a\n      3 b\n      3 b\n      2 c\n2\n");
});

test("mv and mkdir tell what they do when they are asked to", () => {
  const script = "mkdir -pv /v/a; echo x > /v/x; mv -v /v/x /v/a/; mv -v /v/a/x /v/y; mkdir -v /v/b";
  const told = ["created directory: '/v'", "created directory: '/v/a'", "'/v/x' -> '/v/a/x'", "'/v/a/x' -> '/v/y'"];
  assert.equal(said(script), `${[...told, "created directory: '/v/b'"].join("\n")}\n`);
});

test("digests are those of the standards, and are checked; hexdump shows bytes", () => {
  const file = "printf 'grüße' > /tmp/g; cd /tmp; ";
  const md5 = "fee40dc24d0ad6a90c608052aa4e9e66  g\n";
  assert.equal(said(`${file}md5sum g`), md5);
  assert.equal(said(`${file}sha1sum < g`), "cd56cb0ac45690731afed77ff66655dfdf8576da  -\n");
  assert.equal(said(`${file}sha256sum g`), "8285d1ad84c6b6e475d3b50dbf90389c8c7a07a278d9ae46d5698cbe872e3834  g\n");
  assert.equal(
    said(`${file}md5sum g > sums; md5sum -c sums; echo x > g; md5sum -c sums 2>/dev/null; echo $?`),
    "g: OK\ng: FAILED\n1\n",
  );
  assert.equal(said("head -c 100 /dev/zero | md5sum"), "6d0bb00954ceb7fbee436bb55a8397a9  -\n");
  assert.match(
    said("printf '\\336\\312\\376\\272A' | hexdump -C") ?? "",
    /^00000000 {2}de ca fe ba 41 {36}\|\.{4}A\|\n00000005\n$/,
  );
  assert.equal(said("printf 'abc' | hexdump"), "0000000 6261 0063\n0000003\n");
  assert.match(said("head -c 64 /dev/zero | hexdump -C") ?? "", /^00000000 .*\n\*\n00000040\n$/);
});

test("ip shows a pod's network, and lets nobody change it", () => {
  const { exitCode, stderr } = shellOutcome("ip link add dummy0 type dummy") ?? {};
  assert.deepEqual([exitCode, stderr], [2, "ip: RTNETLINK answers: Operation not permitted\n"]);
  assert.match(said("ip a | grep inet") ?? "", /inet 127\.0\.0\.1\/8 .*\n +inet 10\.244\.1\.5\/24 /);
  assert.match(said("ip route") ?? "", /^default via 10\.244\.1\.1 dev eth0\n/);
  const user = { uid: 0, gid: 0, privileges: privilegesOf({ isPrivileged: true }, 0) };
  const dummy = shellOutcome(
    "ip link add dummy0 type dummy && ip link; ip link del dummy0 && ip link | grep -c dummy",
    { user },
  );
  assert.match(dummy?.stdout ?? "", /^3: dummy0: <BROADCAST,NOARP>[\s\S]*\n0\n$/m);
  assert.match(shellOutcome("ip link add veth0 type veth", { user })?.stderr ?? "", /Operation not supported/);
});

test("ps lists all as procps does on Debian, and the columns that are asked for anywhere", () => {
  const debian = systemStage({ image: { base: "debian" } });
  debian.system.start(["sleep", "1h"]);
  debian.advance(61_000);
  const run = (script: string, stage = debian) => stage.exec(["sh", "-c", script])?.stdout ?? "";
  assert.match(
    run("ps aux"),
    /^USER {9}PID %CPU %MEM {4}VSZ {3}RSS TTY {6}STAT START {3}TIME COMMAND\nroot {11}1 {2}0\.0 {2}0\.0 {3}2048 {2}1024 \? {8}Ss {3}\d\d:\d\d {3}0:00 sleep 1h\n/,
  );
  assert.match(
    run("ps -ef"),
    /^UID {10}PID {4}PPID {2}C STIME TTY {10}TIME CMD\nroot {11}1 {7}0 {2}0 \d\d:\d\d \? {8}00:00:00 sleep 1h\n/,
  );
  assert.equal(run("ps aux | grep '[s]leep' | awk '{print $2}'"), "1\n");
  assert.equal(run("ps -o pid,args -p 1"), "    PID COMMAND\n      1 sleep 1h\n");
  assert.equal(run("ps -p 1 -o comm= -o etime="), `sleep${" ".repeat(17)}01:01\n`);
  assert.equal(debian.exec(["ps", "-p", "99"])?.exitCode, 1);
  assert.match(debian.exec(["ps", "-o", "wrong"])?.stderr ?? "", /unknown user-defined format specifier "wrong"/);
  const busybox = systemStage();
  busybox.system.start(["sleep", "1h"]);
  assert.match(run("ps aux", busybox), /^PID {3}USER {5}TIME {2}COMMAND\n/);
  assert.deepEqual([run("cat /etc/debian_version"), run("cat /etc/debian_version", busybox)], ["12.12\n", ""]);
});
