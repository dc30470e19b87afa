import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { hasFailed } from "../cri/played/unix/files/errno.ts";
import { type FileNode, newFolder } from "../cri/played/unix/files/file_node.ts";
import { type FileTree, fileTree } from "../cri/played/unix/files/file_tree.ts";
import { memoryShelf, type VolumeShelf } from "../cri/played/volume_shelf.ts";
import { folderShelf } from "./folder_shelf_device.ts";

const use = { bytesMax: 100, nowMs: 1_000 };

/** A container with the volume at `/v`. */
function containerWith(shelf: VolumeShelf, handle = "v"): FileTree {
  const tree = fileTree(newFolder(undefined, 0), { nowMs: () => 1_000, bytesMax: 1_000, nodesMax: 100 });
  tree.mount("/v", { node: shelf.open(handle, use), isReadOnly: false });
  return tree;
}

function write(tree: FileTree, path: string, bytes: string): string {
  const file = tree.fileToWrite(path, true);
  if (hasFailed(file)) return file.error;
  return file.kind === "file" ? (tree.setBytes(file, bytes)?.error ?? "ok") : file.kind;
}

function read(tree: FileTree, path: string): string {
  const found = tree.find(path);
  return hasFailed(found) || found.kind !== "file" ? "no file" : found.bytes;
}

function linesOf(node: FileNode, path = ""): string[] {
  if (node.kind === "file") return [`${path} ${node.mode.toString(8)} ${node.bytes}`];
  if (node.kind === "link") return [`${path} -> ${node.target}`];
  if (node.kind !== "folder") return [];
  return [...node.entries].flatMap(([name, each]) => [
    ...(each.kind === "folder" ? [`${path}/${name}/`] : []),
    ...linesOf(each, `${path}/${name}`),
  ]);
}

/** What a program does with a volume, and what comes of it. */
function story(shelf: VolumeShelf): readonly unknown[] {
  const tree = containerWith(shelf);
  const said: unknown[] = [
    write(tree, "/v/a", "one"),
    tree.makeFolder("/v/d"),
    tree.makeFolder("/v/d/e"),
    write(tree, "/v/d/e/b", "two"),
    tree.move("/v/a", "/v/d/a"),
    tree.makeLink("/v/l", "../etc/passwd"),
    tree.makeLink("/v/here", "d/a"),
    write(tree, "/v/here", "through a link"),
    tree.makeFolder("/v/d"),
    tree.remove("/v/d", "folder"),
    write(tree, "/v/caf\xc3\xa9", "\x00\xff"),
    write(tree, "/v/large", "x".repeat(200)),
    tree.move("/v/d/e", "/v/moved"),
    write(tree, "/v/moved/b", "still the same file"),
    write(tree, "/own", "from the container"),
    tree.move("/own", "/v/own"),
    tree.move("/v/moved", "/out"),
    read(tree, "/out/b"),
    write(tree, "/out/b", "no more in the volume"),
    tree.remove("/v/large", "other"),
  ];
  const file = tree.nodeToChange("/v/own");
  if (!hasFailed(file)) file.mode = 0o640;
  // Another container, on whatever node.
  const other = containerWith(shelf);
  said.push(write(other, "/v/new", "by another"));
  said.push(read(tree, "/v/new"));
  const root = tree.find("/v");
  return [...said, ...(hasFailed(root) ? [] : linesOf(root).sort())];
}

test("folderShelf keeps what programs write as a volume in memory does, and for whoever comes later", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubetroupe-shelf-"));
  try {
    const expected = story(memoryShelf());
    assert.deepEqual(story(folderShelf(folder)), expected);
    assert.ok(expected.includes("/d/a 644 through a link") && expected.includes("/own 640 from the container"));
    const later = containerWith(folderShelf(folder)).find("/v");
    assert.deepEqual(hasFailed(later) ? later : linesOf(later).sort(), expected.slice(-linesCount(expected)));
    // What is in it still counts.
    assert.equal(write(containerWith(folderShelf(folder)), "/v/more", "x".repeat(60)), "ENOSPC");
    folderShelf(folder).remove("v");
    assert.deepEqual(readdirSync(folder), []);
    const strange = containerWith(folderShelf(folder), "../../outside");
    assert.equal(write(strange, "/v/a", "inside"), "ok");
    assert.match(readdirSync(folder).join(), /^[0-9a-f]{64}$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function linesCount(all: readonly unknown[]): number {
  return all.filter((each) => typeof each === "string" && each.startsWith("/")).length;
}
