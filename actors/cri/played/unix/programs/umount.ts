import { errorTexts } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain } from "../kernel/io.ts";
import { mayAdministerSystem, usualPrivileges } from "../kernel/privileges.ts";
import type { Process, Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { isDebian } from "./_is_debian.ts";
import { isMounted } from "./_is_mounted.ts";

/** Takes away what is mounted. */
export const umount: Program = {
  names: ["umount"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "lfrnvRdt:", { lazy: "l", force: "f", recursive: "R" });
    let status = 0;
    for (const name of rest) {
      const failed = unmount(self, name, flags.has("l") || flags.has("R"));
      if (failed === undefined) continue;
      yield* complain(self, failed);
      status = isDebian(self) ? 32 : 1;
    }
    return status;
  },
};

function unmount(self: Process, name: string, isLazy: boolean): string | undefined {
  const isOfDebian = isDebian(self);
  const { kernel, user } = self;
  const { tree } = kernel.host;
  if (!mayAdministerSystem(user.privileges ?? usualPrivileges))
    return isOfDebian ? `${name}: must be superuser to unmount.` : `can't unmount ${name}: ${errorTexts.EPERM}`;
  const target = tree.realPath(resolvePath(self.folder, name));
  const isUsed = [...kernel.processes.values()].some(({ folder }) => `${folder}/`.startsWith(`${target}/`));
  const failed =
    isUsed && !isLazy && isMounted(tree, target) ? { error: "EBUSY" as const } : tree.unmount(target, isLazy);
  if (!failed) return undefined;
  const words = { EBUSY: "target is busy.", EINVAL: "not mounted.", ENOENT: "no mount point specified." };
  const { error } = failed;
  if (isOfDebian) return `${name}: ${error in words ? words[error as keyof typeof words] : errorTexts[error]}`;
  return `can't unmount ${name}: ${errorTexts[error]}`;
}
