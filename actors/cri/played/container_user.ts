import type { ContainerConfig } from "../messages.ts";
import type { ContainerUser } from "../process_settings.ts";
import type { WithInside } from "./image_inside.ts";
import { insideOf } from "./image_system.ts";
import { usualGroups, usualUsers } from "./unix/files/base_tree.ts";
import { hasFailed } from "./unix/files/errno.ts";
import type { Folder } from "./unix/files/file_node.ts";
import { fileTree } from "./unix/files/file_tree.ts";
import type { SystemImage } from "./unix/system_image.ts";

/**
 * Who a container's processes run as: whom its image says, where its pod does not; of the groups that its pod names and,
 * unless that wants no others, of those that the image's `/etc/group` has the user in.
 */
export function containerUser(config: WithInside<Pick<ContainerConfig, "image" | "user">>): ContainerUser {
  const { user = {} } = config;
  const { system, user: own, group = own } = insideOf(config);
  const { uid = own ?? 0, isOfTheseAlone = false, groups = [] } = user;
  const [name, , , itsGroup = "0"] = linesOf(system, "/etc/passwd").find(([, , id]) => id === String(uid)) ?? [];
  // Whom an image says by a number alone, it says the group of by the same.
  const { gid = group !== undefined && user.uid === undefined ? group : Number(itsGroup) } = user;
  const named = linesOf(system, "/etc/group").filter(([, , , members = ""]) => members.split(",").includes(name ?? ""));
  const ofImage = isOfTheseAlone || name === undefined ? [] : named.map(([, , id]) => Number(id));
  return { uid, gid, groups: [...new Set([gid, ...ofImage, ...groups])] };
}

const usual = { "/etc/passwd": usualUsers, "/etc/group": usualGroups };

function linesOf(system: SystemImage | undefined, path: keyof typeof usual): string[][] {
  const text = system?.root ? (fileIn(system.root, path) ?? "") : (system?.files?.[path] ?? usual[path]);
  return text.split("\n").map((line) => line.split(":"));
}

function fileIn(root: Folder, path: string): string | undefined {
  const node = fileTree(root, { nowMs: () => 0, bytesMax: 0, nodesMax: 0 }).find(path);
  return !hasFailed(node) && node.kind === "file" ? node.bytes : undefined;
}
