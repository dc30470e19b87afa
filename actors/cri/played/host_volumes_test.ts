import { assert, test } from "../../../properties/house/test.ts";
import { createHostVolumes } from "./host_volumes.ts";
import type { FileNode } from "./unix/files/file_node.ts";
import { memoryShelf } from "./volume_shelf.ts";

/** The file that a link of a volume leads to, and whose it is. */
function accessOf(root: FileNode | undefined, name: string) {
  if (root?.kind !== "folder") return assert.fail("a volume is a folder");
  const data = root.entries.get("..data");
  const folder = data?.kind === "link" ? root.entries.get(data.target) : undefined;
  const file = folder?.kind === "folder" ? folder.entries.get(name) : undefined;
  return [file?.mode.toString(8), file?.uid, file?.gid];
}

test("files of a volume are whose they are said to be, and its group may read them, those that come later, too", () => {
  const volumes = createHostVolumes({ wallMs: () => 0 }, memoryShelf());
  const put = (data: string) => {
    const files = [
      { path: "token", data, mode: 0o600, uid: 1000 },
      { path: "ca.crt", data: "ca", mode: 0o644 },
    ];
    volumes.prepare({ op: "PrepareVolumes", folder: "p", volumes: [{ path: "p/v", kind: "files", files }] });
  };
  const mount = { hostPath: "p/v", containerPath: "/v", isReadOnly: true };
  put("first");
  assert.deepEqual(accessOf(volumes.find(mount), "token"), ["600", 1000, undefined]);
  assert.deepEqual(accessOf(volumes.find(mount, 2000), "token"), ["640", 1000, 2000]);
  put("second");
  const root = volumes.find(mount, 2000);
  assert.deepEqual(
    [accessOf(root, "token"), accessOf(root, "ca.crt")],
    [
      ["640", 1000, 2000],
      ["644", undefined, 2000],
    ],
  );
});
