import { imageNameOf } from "../image_name.ts";
import type { ContainerMount } from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import { hasFailed } from "./unix/files/errno.ts";
import type { FileNode } from "./unix/files/file_node.ts";
import { fileTree } from "./unix/files/file_tree.ts";

type Place = Pick<RuntimeNode, "volumes" | "images">;

/** What a mount of a container leads to: a volume of its pod, which is given to a group, or an image. */
export function mountedNode(node: Place, mount: ContainerMount, fsGroup?: number): FileNode | undefined {
  if (mount.image === undefined) return node.volumes.find(mount, fsGroup);
  const root = node.images.get(imageNameOf(mount.image).full)?.image.files?.();
  if (!root || !mount.subPath) return root;
  const found = fileTree(root, { nowMs: () => 0, bytesMax: 0, nodesMax: 0 }).find(`/${mount.subPath}`);
  return hasFailed(found) ? undefined : found;
}

/** Why a mount cannot be made, as containerd says it where that has words. */
export function mountRefusal(node: Place, mount: ContainerMount): string | undefined {
  const { image, hostPath, subPath = "" } = mount;
  if (image === undefined) {
    if (node.volumes.has(mount)) return undefined;
    const why = `failed to stat "${hostPath}": stat ${hostPath}: no such file or directory`;
    return `failed to generate container spec: failed to generate spec: ${why}`;
  }
  if (mountedNode(node, mount)) return undefined;
  const { subPath: _part, ...whole } = mount;
  if (subPath !== "" && mountedNode(node, whole)) {
    return `failed to mount image volume: failed to stat sub path "${subPath}" of image "${image}": no such file or directory`;
  }
  return `failed to mount image volume: kubetroupe knows no files of image "${image}", as it pulls none: mount one that troupe image list shows, or a module`;
}
