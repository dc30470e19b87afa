import { assert, test } from "../../../properties/house/test.ts";
import { type FileNode, type Folder, newFile, newFolder, newMedium } from "./unix/files/file_node.ts";
import { partOf } from "./volume_part.ts";

const medium = newMedium({ bytesMax: 1_000, nodesMax: 100 });

function volume(links: Readonly<Record<string, string>> = {}): Folder {
  const root = newFolder(medium, 0, 0o777);
  const inner = newFolder(medium, 0);
  root.entries.set("d", inner);
  root.entries.set("file", newFile(medium, 0, "x"));
  for (const [name, target] of Object.entries(links)) {
    const link: FileNode = { kind: "link", owner: medium, mode: 0o777, modifiedMs: 0, target };
    (name.startsWith("d/") ? inner : root).entries.set(name.replace("d/", ""), link);
  }
  return root;
}

const place = { nowMs: 0 };

test("partOf() makes folders where there is nothing, open to whom the volume is", () => {
  const root = volume();
  const made = partOf(root, "new/part", place);
  assert.ok(made.ok && made.value.kind === "folder" && made.value.mode === 0o777);
  const again = partOf(root, "new/part", place);
  assert.ok(again.ok && again.value === made.value);
});

test("partOf() makes the last folder with all that the volume's mode has", () => {
  const root = newFolder(medium, 0, 0o3777);
  root.gid = 123;
  const made = partOf(root, "new/part", place);
  assert.ok(made.ok && made.value.mode === 0o2777 && made.value.gid === 123);
  const only = partOf(root, "only", place);
  assert.ok(only.ok && only.value.mode === 0o3777 && only.value.gid === 123);
});

test("partOf() lets no link lead out of the volume, and makes nothing where one leads", () => {
  const links = {
    out: "/bin",
    "d/up": "../..",
    "d/back": "../file",
    none: "nowhere/else",
    whole: "/data/v/d",
    loop: "loop",
  };
  const said = (path: string, at?: string) => {
    const part = partOf(volume(links), path, at === undefined ? place : { ...place, at });
    return part.ok ? part.value.kind : part.failure;
  };
  assert.deepEqual(
    ["out", "d/up", "loop", "file/x"].map((path) => said(path)),
    Array(4).fill("prepare"),
  );
  assert.equal(said("none"), "create");
  assert.equal(said("d/back"), "file");
  assert.deepEqual([said("whole"), said("whole", "/data/v"), said("whole", "/data")], ["prepare", "folder", "create"]);
});
