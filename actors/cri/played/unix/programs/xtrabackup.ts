import { complain, print, readAll, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { dataFolder, entriesIn, ledgerName, ledgerText, make, textAt, writeText } from "../mysql/ledger.ts";
import { nc } from "./nc.ts";

/** A file of a backup, as it is streamed. */
interface Streamed {
  readonly name: string;
  readonly text: string;
}

/** Copies a database while it serves, and unpacks such copies, as far as a server is started from another. */
export const xtrabackup: Program = {
  names: ["xtrabackup", "xbstream", "ncat"],
  *run(self) {
    const name = self.argv[0]?.replace(/.*\//, "");
    if (name === "ncat") return yield* speak(self);
    if (name === "xbstream") return yield* unpack(self);
    const words = self.argv.slice(1);
    if (words.includes("--backup")) yield* print(self, backup(self));
    else if (!words.includes("--prepare")) {
      yield* complain(self, "kubetroupe plays this program, which knows --backup and --prepare here");
      return 1;
    }
    yield* writeTo(self, self.files.get(2), "completed OK!\n");
    return 0;
  },
};

/** All that was changed, and how far that is: of one that follows another, how far it has followed. */
function backup(self: Process): string {
  const text = ledgerText(self);
  const place = `${ledgerName}\t${text.length}\n`;
  const isFollowing = entriesIn(textAt(self, `${dataFolder}/master.info`)).some((entry) => "host" in entry);
  const slave = `CHANGE MASTER TO MASTER_LOG_FILE='${ledgerName}', MASTER_LOG_POS=${text.length};\n`;
  const files: Streamed[] = [
    { name: ledgerName, text },
    { name: "xtrabackup_binlog_info", text: place },
    { name: "xtrabackup_slave_info", text: isFollowing ? slave : "" },
  ];
  return files.map((file) => `${JSON.stringify(file)}\n`).join("");
}

function* unpack(self: Process): Running {
  const at = self.argv.indexOf("-C");
  const folder = at < 0 ? self.folder : (self.argv[at + 1] ?? self.folder);
  const files = entriesIn(yield* readAll(self, self.files.get(0))) as unknown as readonly Streamed[];
  if (folder === dataFolder && files.length > 0) make(self);
  for (const { name, text } of files) {
    if (!/^\w[\w.]*$/.test(name) || !writeText(self, `${folder}/${name}`, text)) {
      yield* complain(self, `failed to create ${name}`);
      return 1;
    }
  }
  return 0;
}

/** Nmap's netcat is played by busybox's. */
function* speak(self: Process): Running {
  const words = ["nc"];
  let command: readonly string[] = [];
  for (const [at, word] of self.argv.entries()) {
    if (word === "--listen") words.push("-l");
    else if (word === "--keep-open") words.push("-k");
    else if (word === "-c" || word === "--sh-exec") command = ["-e", "sh", "-c", self.argv[at + 1] ?? ""];
    else if (at > 0 && !word.startsWith("--") && self.argv[at - 1] !== "-c" && self.argv[at - 1] !== "--sh-exec")
      words.push(word);
  }
  const port = words.includes("-l") ? words.pop() : undefined;
  self.argv = [...words, ...(port === undefined ? [] : ["-p", port]), ...command];
  return yield* nc.run(self) as Running;
}
