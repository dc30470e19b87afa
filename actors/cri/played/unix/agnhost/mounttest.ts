import { errorTexts, hasFailed } from "../files/errno.ts";
import { type FileNode, modeText, setGroupBit } from "../files/file_node.ts";
import { resolvePath } from "../files/paths.ts";
import { print, sleepUntil } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { goText, readFile } from "./_files.ts";
import type { Given, Subcommand } from "./_subcommand.ts";

const paths = ["fs_type", "file_mode", "file_perm", "file_owner", "file_content", "file_content_in_loop"];
const modes = { new_file_0644: 0o644, new_file_0666: 0o666, new_file_0660: 0o660, new_file_0777: 0o777 };
const written = "mount-tester new file\n";
const lookEachMs = 2_000;

/** Writes files with given modes, and tells what it finds of files: the tests of volumes read that. */
export const mounttest: Subcommand = {
  name: "mounttest",
  flags: {
    ...Object.fromEntries([...paths, ...Object.keys(modes)].map((name) => [name, ""])),
    ...{ retry_time: 180, break_on_expected_content: true },
  },
  *run(self, given) {
    let hasFailed = false;
    const note = (isGood: boolean) => {
      hasFailed ||= !isGood;
    };
    note(yield* about(self, given.text("fs_type"), { call: "statfs", show: (path) => `mount type of ${path}: tmpfs` }));
    for (const [flag, mode] of Object.entries(modes)) note(yield* writeNew(self, given.text(flag), mode));
    note(
      yield* about(self, given.text("file_mode"), {
        call: "Stat",
        show: (path, node) => `mode of file ${path}: ${goMode(node)}`,
      }),
    );
    note(
      yield* about(self, given.text("file_perm"), {
        call: "Stat",
        show: (path, node) => `perms of file ${path}: -${modeText({ ...node, mode: node.mode & 0o777 }).slice(1)}`,
      }),
    );
    note(
      yield* about(self, given.text("file_owner"), {
        call: "stat",
        show: (path, { uid = 0, gid = 0 }) => `owner UID of ${path}: ${uid}\nowner GID of ${path}: ${gid}`,
      }),
    );
    note(yield* content(self, given.text("file_content")));
    note(yield* contentInLoop(self, given));
    return hasFailed ? 1 : 0;
  },
};

/** The letters that Go writes for a mode's bits beyond permissions. */
const goLetters = [
  [0o4000, "u"],
  [setGroupBit, "g"],
  [0o1000, "t"],
] as const;

/** A mode as Go writes it: `dgtrwxrwxrwx`. */
function goMode(node: FileNode): string {
  const bits = goLetters.filter(([bit]) => (node.mode & bit) !== 0).map(([, letter]) => letter);
  const first = (node.kind === "folder" ? "d" : "") + bits.join("");
  return (first || "-") + modeText({ ...node, mode: node.mode & 0o777 }).slice(1);
}

interface Asked {
  readonly call: string;
  readonly show: (path: string, node: FileNode) => string;
}

function* about(self: Process, path: string, { call, show }: Asked): Running<boolean> {
  if (path === "") return true;
  const node = self.kernel.host.tree.find(resolvePath(self.folder, path));
  const quoted = JSON.stringify(path);
  if (hasFailed(node)) {
    const text = goText(errorTexts[node.error]);
    yield* print(self, `error from ${call}(${quoted}): ${call === "Stat" ? `stat ${path}: ${text}` : text}\n`);
    return false;
  }
  yield* print(self, `${show(quoted, node)}\n`);
  return true;
}

function* writeNew(self: Process, path: string, mode: number): Running<boolean> {
  if (path === "") return true;
  const { tree } = self.kernel.host;
  const full = resolvePath(self.folder, path);
  const isNew = hasFailed(tree.find(full));
  const node = tree.fileToWrite(full, true);
  const fault = hasFailed(node) ? node : node.kind === "file" ? tree.setBytes(node, written) : undefined;
  if (fault) {
    yield* print(
      self,
      `error writing new file ${JSON.stringify(path)}: open ${path}: ${goText(errorTexts[fault.error])}\n`,
    );
    return false;
  }
  const made = tree.nodeToChange(full);
  if (isNew && !hasFailed(made)) made.mode = mode;
  return yield* content(self, path);
}

function* content(self: Process, path: string): Running<boolean> {
  if (path === "") return true;
  const read = readFile(self, path);
  const quoted = JSON.stringify(path);
  if ("error" in read) yield* print(self, `error reading file content for ${quoted}: ${read.error}\n`);
  else yield* print(self, `content of file ${quoted}: ${read.text}\n`);
  return "text" in read;
}

function* contentInLoop(self: Process, given: Given): Running<boolean> {
  const path = given.text("file_content_in_loop");
  if (path === "") return true;
  const { uptimeMs } = self.kernel.host;
  const untilMs = uptimeMs() + given.number("retry_time") * 1000;
  let isRead = false;
  for (; uptimeMs() < untilMs; yield* sleepUntil(self, uptimeMs() + lookEachMs)) {
    const read = readFile(self, path);
    isRead = "text" in read;
    if ("error" in read) {
      yield* print(self, `Error reading file ${path}: ${read.error}, retrying\n`);
      continue;
    }
    yield* print(self, `content of file ${JSON.stringify(path)}: ${read.text}\n`);
    if (!given.isSet("break_on_expected_content")) continue;
    if (read.text === written) break;
    yield* print(self, `Unexpected content. Expected: ${written}. Retrying`);
  }
  return isRead;
}
