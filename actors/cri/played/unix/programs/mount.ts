import { errorTexts, hasFailed } from "../files/errno.ts";
import { newFolder, newMedium } from "../files/file_node.ts";
import type { FileTree } from "../files/file_tree.ts";
import { resolvePath } from "../files/paths.ts";
import type { Mount } from "../files/tree_mounts.ts";
import { complain, print } from "../kernel/io.ts";
import { mayAdministerSystem, usualPrivileges } from "../kernel/privileges.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { isDebian } from "./_is_debian.ts";
import { sizeNumber } from "./_size_number.ts";

const [bytesMaxDefault, nodesMax] = [64 * 1024 * 1024, 20_000];
/** What is not done exits so: as util-linux has it, and as BusyBox. */
const failedStatus = (self: Process) => (isDebian(self) ? 32 : 255);
const longNames = {
  ...{ bind: "B", rbind: "R", "read-only": "r", types: "t", options: "o", verbose: "v", fake: "f" },
  ...Object.fromEntries(
    ["shared", "slave", "private", "unbindable"].flatMap((each) => [
      [`make-${each}`, "M"],
      [`make-r${each}`, "M"],
    ]),
  ),
};

interface Wish {
  readonly source: string;
  readonly target: string;
  readonly type: string | undefined;
  readonly options: ReadonlySet<string>;
  readonly isBind: boolean;
}

/** Lists what is mounted, or mounts memory, and folders in other places. */
export const mount: Program = {
  names: ["mount"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "t:o:BRrvnfMaw", longNames);
    if (rest.length === 0) return yield* list(self, flags.get("t"));
    const options = new Set((flags.get("o") ?? "").split(",").filter((each) => each !== ""));
    if (flags.has("r")) options.add("ro");
    const target = rest.at(-1) ?? "";
    if (!mayAdministerSystem(self.user.privileges ?? usualPrivileges)) return yield* refuse(self, target);
    if (flags.has("M")) return 0;
    const isBind = flags.has("B") || flags.has("R") || options.has("bind") || options.has("rbind");
    const wish = { source: rest[0] ?? "", target, type: flags.get("t"), options, isBind };
    return yield* carryOut(self, wish);
  },
};

function* list(self: Process, wanted: string | undefined): Running {
  for (const { source, path, type, isReadOnly } of self.kernel.host.tree.mounts()) {
    if (wanted !== undefined && !wanted.split(",").includes(type)) continue;
    yield* print(self, `${source} on ${path} type ${type} (${isReadOnly ? "ro" : "rw"},relatime)\n`);
  }
  return 0;
}

function* refuse(self: Process, target: string): Running {
  const isOfDebian = isDebian(self);
  const why = self.user.uid === 0 ? "permission denied" : "must be superuser to use mount";
  yield* complain(self, isOfDebian ? `${target}: ${why}.` : "permission denied (are you root?)");
  return isOfDebian && self.user.uid === 0 ? 32 : 1;
}

function* carryOut(self: Process, wish: Wish): Running {
  const { tree } = self.kernel.host;
  const target = resolvePath(self.folder, wish.target);
  const found = wish.options.has("remount") ? again(tree, target, wish) : mountOf(self, wish);
  const failed = typeof found === "string" ? found : tree.mountOver(target, found);
  if (!failed) return 0;
  const text = typeof failed === "string" ? failed : errorTexts[failed.error];
  const isMissing = typeof failed !== "string" && failed.error === "ENOENT";
  const ofDebian = isMissing ? "mount point does not exist." : text;
  yield* complain(
    self,
    isDebian(self) ? `${wish.target}: ${ofDebian}` : `mounting ${wish.source} on ${wish.target} failed: ${text}`,
  );
  return failedStatus(self);
}

/** The same with other options. */
function again(tree: FileTree, target: string, { options }: Wish): Mount | string {
  const was = tree.mounts().find(({ path }) => path === target);
  const node = tree.storedNode(target);
  if (!was || hasFailed(node)) return errorTexts.EINVAL;
  tree.unmount(target, true);
  return { node, isReadOnly: options.has("ro"), source: was.source, type: was.type };
}

/** What is to be mounted, or why it cannot be. */
function mountOf(self: Process, { source, type = "", options, isBind }: Wish): Mount | string {
  const { tree, wallMs } = self.kernel.host;
  const isReadOnly = options.has("ro");
  if (isBind) {
    const path = resolvePath(self.folder, source);
    const node = tree.storedNode(path);
    if (hasFailed(node)) return errorTexts[node.error];
    const real = tree.realPath(path);
    const around = tree.mounts().filter((each) => each.path === "/" || `${real}/`.startsWith(`${each.path}/`));
    const [deepest] = around.sort((a, b) => b.path.length - a.path.length);
    const isFixed = hasFailed(tree.nodeToChange(path));
    return {
      node,
      isReadOnly: isReadOnly || isFixed,
      source: deepest?.source ?? source,
      type: deepest?.type ?? "none",
    };
  }
  if (type !== "tmpfs" && type !== "ramfs") {
    const isThere = source.startsWith("/") && !hasFailed(tree.find(resolvePath(self.folder, source)));
    if (type === "" || source.startsWith("/dev/")) return isThere ? errorTexts.EINVAL : errorTexts.ENOENT;
    return `No such device (kubetroupe plays this container and mounts tmpfs and folders, and no ${type})`;
  }
  const option = (name: string) => [...options].find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
  const bytesMax = Math.min(sizeNumber((option("size") ?? "").toUpperCase()) || bytesMaxDefault, bytesMaxDefault);
  const mode = Number.parseInt(option("mode") ?? "1777", 8);
  const node = newFolder(newMedium({ bytesMax, nodesMax }), wallMs(), mode);
  return { node, isReadOnly, source, type: "tmpfs" };
}
