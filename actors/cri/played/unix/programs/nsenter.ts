import type { FileTree } from "../files/file_tree.ts";
import { executable } from "../kernel/executable.ts";
import { complain } from "../kernel/io.ts";
import { withRoot } from "../kernel/kernel.ts";
import { mayAdministerSystem, usualPrivileges } from "../kernel/privileges.ts";
import { type Process, type Program, toEnd } from "../kernel/process.ts";

interface Wish {
  /** Whose namespaces are entered, where no file says it. */
  readonly pid: string | undefined;
  /** Whether the files are to be those of another namespace; a text: the file that stands for it. */
  readonly mount: string | boolean;
  readonly words: readonly string[];
}

/** Options whose value is the next word. */
const valued = /^(-t|--target|-S|--setuid|-G|--setgid)$/;

/** Runs a program that sees the files of another container of its pod, or of the node. The network stays the pod's own. */
export const nsenter: Program = {
  names: ["nsenter"],
  *run(self) {
    const { pid, mount, words } = wishOf(self.argv.slice(1));
    if (pid === undefined && typeof mount !== "string") {
      yield* complain(self, "no target PID specified for --mount");
      return 1;
    }
    if (!mayAdministerSystem(self.user.privileges ?? usualPrivileges)) {
      yield* complain(self, "reassociate to namespace 'ns/mnt' failed: Operation not permitted");
      return 1;
    }
    const file = typeof mount === "string" ? mount : `/proc/${pid}/ns/mnt`;
    const tree = mount === false ? self.kernel.host.tree : treeOf(self, file);
    if (!tree) {
      yield* complain(self, `cannot open ${file}: No such file or directory`);
      return 1;
    }
    self.kernel = withRoot(self.kernel, tree);
    if (mount !== false) self.folder = "/";
    const found = executable(self, words, self.env.get("PATH"));
    if (!found.ok) {
      yield* complain(self, `failed to execute ${words[0]}: ${found.text}`);
      return found.status;
    }
    self.argv = found.argv;
    return yield* toEnd(found.program.run(self));
  },
};

function wishOf(given: string[]): Wish {
  let pid: string | undefined;
  let mount: string | boolean = false;
  while (given[0]?.startsWith("-")) {
    const word = given.shift() ?? "";
    if (word === "--") break;
    const [name = "", value] = word.split(/=([\s\S]*)/, 2);
    if (valued.test(name)) {
      const next = value ?? given.shift();
      if (name === "-t" || name === "--target") pid = next;
    } else if (/^-t\d+$/.test(word)) pid = word.slice(2);
    else if (name === "--mount") mount = value ?? true;
    else if (name === "--all" || /^-[a-zA-Z]*[am]/.test(word)) mount = true;
  }
  return { pid, mount, words: given.length > 0 ? given : ["/bin/sh"] };
}

/** The files that are seen from a namespace, by the name of its file. */
function treeOf({ kernel }: Process, file: string): FileTree | undefined {
  const { tree, hostTree } = kernel.host;
  const [, root = "", pid = ""] = /^(.*)\/proc\/(\d+|self)\/ns\/mnt$/.exec(file) ?? [];
  if (root !== "") {
    const isOfHost = pid === "1" && tree.mounts().some(({ path, hostPath }) => path === root && hostPath === "");
    return isOfHost ? hostTree?.() : undefined;
  }
  if (pid === "self") return tree;
  const found = kernel.seen(Number(pid));
  if (found) return found.kernel.host.tree;
  const isInit = [...kernel.visible()].some((each) => each.pid === 1 && each.argv[0] === "/sbin/init");
  return isInit && pid === "1" ? hostTree?.() : undefined;
}
