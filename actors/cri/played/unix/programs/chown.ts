import { ownValue } from "../../../../api/types.ts";
import { errorTexts, hasFailed } from "../files/errno.ts";
import type { FileNode } from "../files/file_node.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, programName } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

const names: Readonly<Record<string, number>> = { root: 0, nobody: 65_534, nogroup: 65_534, "": 0 };
const idOf = (text: string) => (/^\d+$/.test(text) ? Number(text) : ownValue(names, text));

/** `chown` and `chgrp` say whose files are. */
export const chown: Program = {
  names: ["chown", "chgrp"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "Rhvf");
    const [who = "", ...paths] = rest;
    const isGroup = programName(self) === "chgrp";
    const [user, group] = isGroup ? [undefined, who] : who.split(/[:.]/, 2);
    const ids = { uid: user ? idOf(user) : undefined, gid: group ? idOf(group) : undefined };
    const unknown = [user, group].find((name) => name && idOf(name) === undefined);
    if (unknown !== undefined || paths.length === 0) {
      yield* complain(self, unknown === undefined ? "missing operand" : `unknown user ${unknown}`);
      return 1;
    }
    let status = 0;
    for (const path of paths) {
      if (!(yield* change(self, resolvePath(self.folder, path), { ...ids, isDeep: flags.has("R"), shown: path })))
        status = 1;
    }
    return status;
  },
};

interface Wish {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly isDeep: boolean;
  readonly shown: string;
}

function* change(self: Process, path: string, wish: Wish): Running<boolean> {
  const { uid, gid, isDeep, shown } = wish;
  const node: FileNode | { readonly error: keyof typeof errorTexts } =
    self.user.uid === 0 ? self.kernel.host.tree.nodeToChange(path) : { error: "EPERM" };
  if (hasFailed(node)) {
    yield* complain(self, `${shown}: ${errorTexts[node.error]}`);
    return false;
  }
  if (uid !== undefined) node.uid = uid;
  if (gid !== undefined) node.gid = gid;
  let isDone = true;
  if (isDeep && node.kind === "folder") {
    for (const name of [...node.entries.keys()])
      isDone = (yield* change(self, `${path}/${name}`, { ...wish, shown: `${shown}/${name}` })) && isDone;
  }
  return isDone;
}
