import type { ContainerConfig } from "../messages.ts";
import type { ContainerUser } from "../process_settings.ts";
import { imageSystem } from "./image_system.ts";
import { usualGroups, usualUsers } from "./unix/files/base_tree.ts";
import type { SystemImage } from "./unix/image_tree.ts";

/**
 * Who a container's processes run as: whom its image says, where its pod does not; of the groups that its pod names and,
 * unless that wants no others, of those that the image's `/etc/group` has the user in.
 */
export function containerUser({ image, user = {} }: Pick<ContainerConfig, "image" | "user">): ContainerUser {
  const { system, user: own } = imageSystem(image);
  const { uid = own ?? 0, isOfTheseAlone = false, groups = [] } = user;
  const [name, , , itsGroup = "0"] = linesOf(system, "/etc/passwd").find(([, , id]) => id === String(uid)) ?? [];
  // Whom an image says by a number alone, it says the group of by the same.
  const { gid = own !== undefined && user.uid === undefined ? own : Number(itsGroup) } = user;
  const named = linesOf(system, "/etc/group").filter(([, , , members = ""]) => members.split(",").includes(name ?? ""));
  const ofImage = isOfTheseAlone || name === undefined ? [] : named.map(([, , id]) => Number(id));
  return { uid, gid, groups: [...new Set([gid, ...ofImage, ...groups])] };
}

const usual = { "/etc/passwd": usualUsers, "/etc/group": usualGroups };

function linesOf(system: SystemImage | undefined, path: keyof typeof usual): string[][] {
  const text = system?.files?.[path] ?? usual[path];
  return text.split("\n").map((line) => line.split(":"));
}
