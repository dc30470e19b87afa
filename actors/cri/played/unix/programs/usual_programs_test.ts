// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are scripts
import { assert, test } from "../../../../../properties/house/test.ts";
import { shellOutcome, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";

const said = (script: string) => shellOutcome(script)?.stdout;
const failed = (script: string) => shellOutcome(script)?.stderr;

test("timeout ends what takes too long, by a signal that may be chosen, and nohup lets go of terminals", () => {
  assert.equal(
    said("timeout 5 echo in time; timeout 1 sleep 100; echo $?; timeout -t 1 sleep 100; echo $?"),
    "in time\n124\n124\n",
  );
  assert.equal(
    said("timeout -s KILL 1s sleep 9; echo $?; timeout 3 false; echo $?; timeout 1 nobody 2>/dev/null; echo $?"),
    "124\n1\n127\n",
  );
  const stubborn = "timeout -k 1 1 sh -c 'trap : TERM; while true; do sleep 1; done'; echo $?";
  assert.equal(said(stubborn), "137\n");
  assert.equal(said("nohup sh -c 'kill -HUP $$; echo still here'"), "still here\n");
});

test("pidof, pgrep, killall and pkill find processes by what they run", () => {
  assert.equal(
    said("sleep 1h & sleep 2h & pidof sleep | wc -w; pgrep sleep | wc -l; killall sleep; wait; pidof sleep; echo $?"),
    "2\n2\n1\n",
  );
  assert.equal(failed("killall nobody"), "killall: nobody: no process killed\n");
  assert.equal(said("sleep 1h & killall -0 sleep && echo alive; pkill -KILL sleep; wait $!; echo $?"), "alive\n137\n");
});

test("netstat, ifconfig and route tell of the container's sockets and network", () => {
  const stage = systemStage();
  stage.system.start(["nc", "-lk", "-p", "8080", "-e", "cat"]);
  stage.advance(10);
  assert.match(
    stage.exec(["netstat", "-tlnp"])?.stdout ?? "",
    /^tcp +0 +0 0\.0\.0\.0:8080 +0\.0\.0\.0:\* +LISTEN +1\/nc -lk/m,
  );
  assert.doesNotMatch(stage.exec(["netstat", "-tn"])?.stdout ?? "", /8080/);
  // The containers of a pod have one network, but do not see each other's processes.
  stage.network.others.add(80);
  assert.match(stage.exec(["netstat", "-na"])?.stdout ?? "", /^tcp +0 +0 0\.0\.0\.0:80 +0\.0\.0\.0:\* +LISTEN *$/m);
  assert.match(stage.exec(["netstat", "-tlnp"])?.stdout ?? "", /0\.0\.0\.0:80 .*LISTEN +-$/m);
  assert.match(said("ifconfig eth0") ?? "", /^eth0 [\s\S]*inet addr:10\.244\.1\.5 /);
  assert.match(said("route -n") ?? "", /^default +10\.244\.1\.1 /m);
});

test("diff tells in hunks what differs, and cmp where", () => {
  const files = "cd /tmp; seq 20 > a; seq 20 | sed 's/^3$/three/; /^15$/d' > b; ";
  const hunks = [
    ...["@@ -1,6 +1,6 @@", " 1", " 2", "-3", "+three", " 4", " 5", " 6"],
    ...["@@ -12,7 +12,6 @@", " 12", " 13", " 14", "-15", " 16", " 17", " 18", ""],
  ];
  assert.equal(said(`${files}diff -u a b; echo $?`), `--- a\n+++ b\n${hunks.join("\n")}1\n`);
  assert.equal(
    said(`${files}diff a a; echo $?; diff -q a b; cmp a b; echo $?`),
    "0\nFiles a and b differ\na b differ: char 5, line 3\n1\n",
  );
  assert.equal(said("cd /tmp; echo x > one; : > none; diff none one"), "--- none\n+++ one\n@@ -0,0 +1 @@\n+x\n");
});

test("files are packed and unpacked, given away, and found behind their links", () => {
  assert.equal(
    said("cd /tmp; seq 1000 > n; gzip n; ls; wc -c < n.gz; zcat n.gz | tail -n 1; gunzip n.gz; ls"),
    "n.gz\n1779\n1000\nn\n".replace("1779", said("cd /tmp; seq 1000 | gzip | wc -c")?.trim() ?? ""),
  );
  assert.match(failed("echo no | gunzip") ?? "", /invalid magic/);
  assert.equal(
    said(
      "mkdir -p /d/e; chown -R 1000:2000 /d; stat -c '%u %g' /d/e; chgrp nogroup /d; stat -c %g /d; chown root /d; stat -c %u /d",
    ),
    "1000 2000\n65534\n0\n",
  );
  assert.match(shellOutcome("chown 5 /etc", { user: { uid: 7, gid: 7 } })?.stderr ?? "", /Operation not permitted/);
  assert.equal(
    said("mkdir -p /a/b; ln -s /a/b /l; ln -s ../l/x /a/m; echo > /a/b/x; realpath /l/x /a/m /a/../a"),
    "/a/b/x\n/a/b/x\n/a\n",
  );
});

test("lines are turned round, numbered, and put beside each other", () => {
  assert.equal(
    said(
      "seq 3 | tac; echo abc | rev; printf 'a\\nb\\n' | nl; printf 'a\\nb\\n' > /tmp/x; seq 2 | paste -d: - /tmp/x; seq 3 | paste -sd,",
    ),
    "3\n2\n1\ncba\n     1\ta\n     2\tb\n1:a\n2:b\n1,2,3\n",
  );
  assert.equal(said("seq 9 | shuf | sort -n | head -n 1; seq 9 | shuf -n 2 | wc -l; seq 2 | less"), "1\n2\n1\n2\n");
});

test("getopts takes options out of a script's words, and umask says what files get", () => {
  const script = 'while getopts ":ab:c" o; do echo "$o=$OPTARG"; done; shift $((OPTIND - 1)); echo "rest $*"';
  const run = (words: string) => said(`set -- ${words}; ${script}`);
  assert.equal(run("-a -b 1 -c x"), "a=\nb=1\nc=\nrest x\n");
  assert.equal(run("-acb2 -- -x"), "a=\nc=\nb=2\nrest -x\n");
  assert.equal(run("-z -b"), "?=z\n:=b\nrest \n");
  assert.match(failed("set -- -z; getopts a o") ?? "", /Illegal option -z/);
  assert.equal(said("umask; umask 022; sync; echo $?"), "0022\n0\n");
});

test("apt-get and apk bring the programs of packages that are played, and say of others that there are none", () => {
  const debian = systemStage({ image: { base: "debian" } });
  debian.system.start([]);
  const run = (script: string) => debian.exec(["bash", "-c", script]);
  assert.equal(run("curl --version")?.exitCode, 127);
  assert.match(run("apt-get update")?.stderr ?? "", /^W: kubetroupe plays this container: .*nothing is fetched\n$/);
  const installed = run("apt-get update -qq && apt-get install -y --no-install-recommends curl procps");
  assert.deepEqual([installed?.exitCode, /Setting up curl/.test(installed?.stdout ?? "")], [0, true]);
  assert.match(installed?.stdout ?? "", /procps is already the newest version/);
  assert.equal(run("which curl")?.stdout, "/usr/bin/curl\n");
  assert.match(run("apt install -y curl")?.stdout ?? "", /0 newly installed/);
  const unknown = run("apt-get install -y dnsutils no-such-package && echo on; which dig");
  assert.deepEqual([unknown?.exitCode, unknown?.stdout.includes("/dig")], [1, false]);
  assert.match(unknown?.stderr ?? "", /^E: Unable to locate package no-such-package\n/);
  assert.equal(run("apt-get frob")?.stderr, "E: Invalid operation frob\n");
  const alpine = systemStage({ image: { base: "alpine" } });
  alpine.system.start([]);
  assert.equal(alpine.exec(["apk", "add", "--no-cache", "curl"])?.stdout, "(1/1) Installing curl\nOK\n");
  assert.match(
    alpine.exec(["apk", "add", "nope"])?.stderr ?? "",
    /nope \(no such package\):\n {4}required by: world\[nope\]/,
  );
  assert.equal(alpine.exec(["apt-get", "update"])?.exitCode, 127);
  const other = systemStage({ image: { base: "debian" }, user: { uid: 1_000, gid: 0 } });
  other.system.start([]);
  assert.equal(other.exec(["apt-get", "update"])?.exitCode, 100);
});

test("truncate and fallocate give files a size, as far as there is room", () => {
  assert.equal(
    said("truncate -s 10K f; wc -c < f; truncate -s -1K f; wc -c < f; truncate -s 3 f; wc -c < f"),
    "10240\n9216\n3\n",
  );
  assert.equal(said("echo hello > f; fallocate -l 2 f; cat f; fallocate -l 1M g; wc -c < g"), "hello\n1048576\n");
  const full = shellOutcome("fallocate -l 1G f; echo $?; truncate -s 20M f; echo $?");
  assert.deepEqual(
    [full?.stdout, full?.stderr.split("\n")],
    [
      "1\n1\n",
      [
        "fallocate: fallocate failed: No space left on device",
        "truncate: failed to truncate 'f': No space left on device",
        "",
      ],
    ],
  );
  assert.equal(failed("truncate -s many f"), "truncate: Invalid number: 'many'\n");
});

test("cp follows links, leaves what is there or newer, and takes a target for a file as its options say", () => {
  const made = "mkdir -p /a; cd /a; echo one > f; ln -s f l; mkdir d; ln -s /a/f d/l;";
  assert.equal(said(`${made} cp -rLf d e; [ -h e/l ] || cat e/l; cp -r d g; readlink g/l`), "one\n/a/f\n");
  assert.equal(
    said(
      `${made} echo two > t; cp -n f t; cat t; cp --update=none f t; cat t; cp --no-clobber f t; cat t; cp f t; cat t`,
    ),
    "two\ntwo\ntwo\none\n",
  );
  assert.equal(
    said(`${made} sleep 1; echo new > t; cp -u f t; cat t; sleep 1; echo newer > f; cp --update f t; cat t`),
    "new\nnewer\n",
  );
  assert.equal(said(`${made} cp -v f d; cp -rvT d h; ls h`), "'f' -> 'd/f'\n'd' -> 'h'\nf\nl\n");
});

test("sed takes its letters together, keeps what was there, and knows the long names of its options", () => {
  assert.equal(
    said("cd /tmp; echo aab > f; sed -Ei 's/a+/x/' f; cat f; sed -i.old -e s/x/y/ f; cat f f.old"),
    "xb\nyb\nxb\n",
  );
  assert.equal(said("echo ab | sed --quiet --regexp-extended --expression='s/(a|c)/x/p'"), "xb\n");
  assert.equal(said("echo ab | sed -ne s/a/x/p; echo - | sed s/-/minus/ -"), "xb\nminus\n");
});

test("od, fold, comm and strings show what files have in other forms", () => {
  assert.equal(said("printf 'hello\\n' | od -An -tx1"), " 68 65 6c 6c 6f 0a\n");
  assert.equal(said("printf 'hello\\n' | od -c"), "0000000   h   e   l   l   o  \\n\n0000006\n");
  assert.equal(
    said("printf 'abcd' | od; printf 'abcd' | od -A d -t u4"),
    "0000000 061141 062143\n0000004\n0000000 1684234849\n0000004\n",
  );
  assert.equal(
    said("dd if=/dev/zero bs=48 count=1 2>/dev/null | od -A x -t x2 | wc -l; od -An -N4 -tu4 /dev/zero"),
    "3\n          0\n",
  );
  assert.equal(said("echo one two three | fold -s -w 8; echo abcdef | fold -w4"), "one two \nthree\nabcd\nef\n");
  assert.equal(
    said("cd /tmp; printf 'a\\nb\\n' > x; printf 'b\\nc\\n' > y; comm x y; comm -12 x y; comm -13 x y"),
    "a\n\t\tb\n\tc\nb\nc\n",
  );
  assert.equal(said("printf 'ab\\0hello\\1\\2world' | strings"), "hello\nworld\n");
});

test("time, nice and setsid start what they are told to, and watch does again and again", () => {
  assert.equal(
    shellOutcome("time sleep 1.5; nice -n 5 echo x; nice; setsid sh -c 'exit 3'; echo $?")?.stdout,
    "x\n0\n3\n",
  );
  assert.equal(failed("time sleep 1.5"), "real\t0m 1.50s\nuser\t0m 0.00s\nsys\t0m 0.00s\n");
  const screens = (said("timeout 5 watch -n 2 echo seen") ?? "").split("\u001b[H\u001b[J");
  assert.deepEqual(
    screens.slice(1).map((screen) => screen.replace(/^Every 2\.0s: echo seen *[-\d]+ [:\d]+$/m, "title")),
    ["title\n\nseen\n", "title\n\nseen\n", "title\n\nseen\n"],
  );
});
