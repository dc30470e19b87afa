import { assert, test } from "../../../properties/house/test.ts";
import { systemStage } from "../../../properties/stages/unix/system_stage.ts";
import { containerUser } from "./container_user.ts";
import { unpackLayers } from "./image_layers.ts";
import { type LayeredConfig, layeredInside, startProblem } from "./layered_inside.ts";
import { archiveEnd, fillBytes, headerOf, type Member } from "./unix/programs/_tar_format.ts";

type Part = Partial<Member> & { readonly name: string; readonly bytes?: string };

/** An archive of these: a folder's name ends in a slash, and a link has a target. */
function layer(...parts: readonly Part[]): string {
  const written = parts.map(({ name, bytes = "", target = "", mode = 0o644, ...more }) => {
    const kind = target !== "" ? "link" : name.endsWith("/") ? "folder" : "file";
    const header = headerOf({ name, kind, mode, target, sizeBytes: bytes.length, modifiedMs: 0, ...more });
    return header + bytes + "\0".repeat(fillBytes(bytes.length));
  });
  return written.join("") + archiveEnd;
}

const rootOf = (...layers: readonly string[]) => {
  const made = unpackLayers(layers);
  return made.ok ? made.value : assert.fail(made.failure);
};

function said(layers: readonly string[], script: string, config: LayeredConfig = {}): string {
  const { system } = layeredInside(rootOf(...layers), config);
  if (!system) return assert.fail("there is a system in it");
  const stage = systemStage({ image: system });
  stage.system.start([]);
  const { stdout = "", stderr = "" } = stage.exec(["sh", "-c", script]) ?? {};
  return stdout + stderr;
}

test("unpackLayers() puts the upper layers' files over the lower ones', and takes away what they say is gone", () => {
  const lower = layer(
    { name: "data/", mode: 0o700 },
    { name: "./data/old", bytes: "old" },
    { name: "data/kept", bytes: "kept" },
    { name: "all/a", bytes: "a" },
    { name: "all/b", bytes: "b" },
    { name: "real/dir/f", bytes: "f" },
    { name: "way", target: "../real/dir" },
    { name: "../../out", bytes: "no" },
  );
  const upper = layer(
    { name: "all/c", bytes: "c" },
    { name: "all/.wh..wh..opq" },
    { name: "data/.wh.old" },
    { name: "data/new", bytes: "new" },
    { name: "way/g", bytes: "g" },
    { name: "up", target: "../../../etc/motd" },
    { name: "etc/motd", bytes: "hi\n" },
    { name: "x".repeat(120), bytes: "long" },
  );
  const layers = [lower, upper];
  assert.equal(
    said(layers, "ls /data /all /real/dir; ls -ld /data | cut -c1-10; cat /up; cat /x*; ls /out"),
    [
      "/data:\nkept\nnew\n\n/all:\nc\n\n/real/dir:\nf\ng\ndrwx------\nhi\nlong",
      "ls: /out: No such file or directory\n",
    ].join(""),
  );
  assert.deepEqual(unpackLayers(["x".repeat(512)]), { ok: false, failure: "layer 0 is no archive as tar has them" });
  assert.equal(unpackLayers([layer({ name: "f", bytes: "abc" }).slice(0, 513)]).ok, false);
});

test("layeredInside() plays the programs that an image has, and no others", () => {
  const elf = "\x7fELF\x02";
  const image = layer(
    { name: "bin/busybox", bytes: elf, mode: 0o755 },
    { name: "bin/sh", target: "busybox" },
    { name: "bin/cat", target: "/bin/busybox" },
    { name: "usr/bin/id", bytes: elf, mode: 0o755 },
    { name: "server", bytes: elf, mode: 0o755 },
    { name: "run.sh", bytes: '#!/bin/sh\necho "$A"\n', mode: 0o755 },
    { name: "etc/passwd", bytes: "root:x:0:0::/:/bin/sh\napp:x:101:102::/:/bin/sh\n" },
    { name: "etc/group", bytes: "app:x:102:\nmore:x:7:app\n" },
  );
  const config = { Env: ["A=1=2"], User: "app", Entrypoint: ["/run.sh"], WorkingDir: "/srv" };
  assert.equal(
    said([image], "/run.sh; id -u; cat /etc/group | wc -l; ls /", config),
    [
      "1=2\n0\n",
      "sh: wc: not found (kubetroupe plays this container and knows no such program)\n",
      "sh: ls: not found (kubetroupe plays this container and knows no such program)\n",
    ].join(""),
  );
  assert.match(said([image], "/server"), /cannot execute binary file .*RuntimeClass containerd/);
  const inside = layeredInside(rootOf(image), config);
  const of = { name: "c", image: "r/i:1", attempt: 0, args: [], env: {}, inside };
  assert.deepEqual(containerUser(of), { uid: 101, gid: 102, groups: [102, 7] });
  const problem = (...command: readonly string[]) => startProblem({ ...of, command });
  assert.deepEqual(
    [problem(), problem("sh", "-c", "x"), problem("/server")],
    [
      undefined,
      undefined,
      'exec: "/server": it is a binary, which only a real runtime can run (RuntimeClass containerd)',
    ],
  );
  assert.equal(problem("ls"), 'exec: "ls": executable file not found in $PATH');
  assert.equal(problem("/etc/passwd"), 'exec: "/etc/passwd": permission denied');
  assert.equal(problem("./none"), 'exec: "./none": stat ./none: no such file or directory');
});
