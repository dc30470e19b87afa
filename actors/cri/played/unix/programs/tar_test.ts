import { execFileSync } from "node:child_process";
import { assert, fc, property, test } from "../../../../../properties/house/test.ts";
import { streamRecorder } from "../../../../../properties/stages/unix/stream_recorder.ts";
import { systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import { headerOf, readHeader } from "./_tar_format.ts";

function stageWith() {
  const stage = systemStage();
  stage.system.start([]);
  const run = (script: string, input = "") => {
    const client = streamRecorder();
    const server = stage.system.open(["sh", "-c", script], { hasInput: true, hasTerminal: false }, client);
    for (let at = 0; at < input.length; at += 10_000) {
      server.input(input.slice(at, at + 10_000));
      stage.advance(100);
    }
    server.end();
    stage.advance(60_000);
    return { ...client.text, exitCode: client.closed()?.exitCode };
  };
  return { run, stage };
}

const long = `${"folder/".repeat(30)}name`;

test("what tar packs, tar unpacks: folders, links, modes, long names and any bytes", () => {
  const { run } = stageWith();
  run(
    `mkdir -p /a/$(dirname ${long}); echo deep > /a/${long}; ln -s x /a/l; printf 'b\\000\\377' > /a/b; chmod 750 /a/b`,
  );
  const packed = run("tar cf - /a");
  assert.deepEqual([packed.exitCode, packed.stdout.length % 512], [0, 0]);
  assert.match(packed.stderr, /^tar: removing leading '\/' from member names\n$/);
  const other = stageWith();
  const unpacked = other.run("mkdir /z; tar -xmf - -C /z", packed.stdout);
  assert.deepEqual(unpacked, { stdout: "", stderr: "", exitCode: 0 });
  const seen = other.run(`cat /z/a/${long} /z/a/b; readlink /z/a/l; ls -l /z/a/b`);
  assert.ok(seen.stdout.startsWith("deep\nb\0\xffx\n-rwxr-x---"), seen.stdout);
  assert.match(other.run("tar tf -", packed.stdout).stdout, /^a\/\na\/b\na\/folder\/\n/);
});

test("tar understands what a real tar packs, and a real tar what it packs", () => {
  const { run } = stageWith();
  run("mkdir -p /w/in; echo one > /w/in/one; seq 20000 > /w/many");
  const packed = Buffer.from(run("tar -c -C /w -f - .").stdout, "latin1");
  const listed = execFileSync("tar", ["-tvf", "-"], { input: packed }).toString();
  assert.match(listed, /\.\/in\/one\n/);
  assert.equal(execFileSync("tar", ["-xOf", "-", "./in/one"], { input: packed }).toString(), "one\n");
  for (const format of ["gnu", "pax", "ustar"]) {
    const name = `f${"o".repeat(90)}`;
    const files = ["--format", format, "--transform", `s|.*|sub/${name}/${name}|`, "-C", import.meta.dirname];
    const real = execFileSync("tar", [...files, "-cf", "-", "tar.ts"]).toString("latin1");
    const outcome = run(`tar xf - -C /tmp; wc -c < /tmp/sub/${name}/${name}`, real);
    assert.ok(Number(outcome.stdout) > 1_000, `${format}: ${JSON.stringify(outcome)}`);
  }
});

test("tar packs and unpacks by gzip, as Kubernetes' JavaScript client copies, and sees by itself that a file is packed", () => {
  const { run } = stageWith();
  run("mkdir -p /w/in; echo one > /w/in/one");
  const made = run("tar zcf - -C /w in");
  assert.equal(
    execFileSync("tar", ["-xzOf", "-", "in/one"], { input: Buffer.from(made.stdout, "latin1") }).toString(),
    "one\n",
  );
  assert.equal(run("mkdir /z; tar -xz -C /z -f - && cat /z/in/one", made.stdout).stdout, "one\n");
  assert.equal(run("tar -czf /w/a.tgz -C /w in && tar -tf /w/a.tgz").stdout, "in/\nin/one\n");
  assert.deepEqual(run("tar xzf -", "x"), { stdout: "", stderr: "tar: invalid magic\n", exitCode: 1 });
});

test("tar says what is wrong: no archive, one that is cut off, too little room, nothing to do", () => {
  const { run } = stageWith();
  assert.deepEqual(run("tar xf -", "x".repeat(600)), { stdout: "", stderr: "tar: invalid tar magic\n", exitCode: 1 });
  const member = { name: "f", kind: "file", mode: 0o644, sizeBytes: 1_000, modifiedMs: 0, target: "" } as const;
  assert.equal(run("tar xf -", `${headerOf(member)}abc`).stderr, "tar: short read\n");
  const big = run("tar xf -", headerOf({ ...member, sizeBytes: 2 ** 33 - 1 }));
  assert.equal(big.stderr, "tar: can't open 'f': No space left on device\n");
  assert.match(run("tar x -c").stderr, /exactly one of -c, -x and -t/);
  assert.deepEqual([run("tar cf - nothing").exitCode, run("tar cf -").exitCode], [1, 1]);
  const outside = run("tar xf - -C /tmp; cat /tmp/f", `${headerOf({ ...member, name: "../../f", sizeBytes: 0 })}`);
  assert.equal(outside.exitCode, 0);
});

property(
  "a header says what it was made of",
  [
    fc.record({
      name: fc.stringMatching(/^[a-z./]{1,90}[a-z]$/),
      kind: fc.constantFrom("file" as const, "link" as const),
      mode: fc.nat(0o777),
      sizeBytes: fc.nat(2 ** 30),
      modifiedMs: fc.nat(2_000_000_000).map((seconds) => seconds * 1000),
      target: fc.stringMatching(/^[a-z/]{0,100}$/),
    }),
  ],
  (member) => {
    const { kind, mode } = member;
    const read = { typeflag: kind === "link" ? "2" : "0", bits: mode, uid: 0, gid: 0 };
    assert.deepEqual(readHeader(headerOf(member)), { type: "member", member: { ...member, read } });
  },
);
