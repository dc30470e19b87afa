import { hasFailed } from "../files/errno.ts";
import { type Shell, variable } from "./shell.ts";

/** What an interactive shell asks with: for a command, or for more of one. */
export function promptOf(shell: Shell, isMore: boolean): string {
  const { self } = shell;
  const text = isMore ? (variable(shell, "PS2") ?? "> ") : (variable(shell, "PS1") ?? promptDefault(shell));
  const folder = self.folder === (variable(shell, "HOME") ?? "") ? "~" : self.folder;
  const values: Readonly<Record<string, string>> = {
    w: folder,
    W: folder.slice(folder.lastIndexOf("/") + 1) || folder,
    u: self.user.uid === 0 ? "root" : String(self.user.uid),
    h: self.kernel.host.hostname,
    $: self.user.uid === 0 ? "#" : "$",
    n: "\n",
    "\\": "\\",
  };
  return text.replace(/\\([wWuhn$\\])/g, (_whole, letter: string) => values[letter] ?? "");
}

/** Each shell has its own: busybox shows the folder, bash all that there is to say, dash nothing. */
function promptDefault({ self }: Shell): string {
  const [name = ""] = self.argv;
  if (/(?:^|\/)-?bash$/.test(name)) return "\\u@\\h:\\w\\$ ";
  const release = self.kernel.host.tree.find("/etc/os-release");
  const isDebian = !hasFailed(release) && release.kind === "file" && release.bytes.includes("ID=debian");
  return isDebian ? "\\$ " : "\\w \\$ ";
}
