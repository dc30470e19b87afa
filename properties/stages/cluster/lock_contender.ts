import { lockFolder } from "../../../scenarios/cluster/folder_lock.ts";

// A process of its own that wants a folder: says `ready`, tries at the word `go`, tells what came of it, and holds what
// it got until it is killed or its input ends.
const [folder = ""] = process.argv.slice(2);
process.stdout.write("ready\n");
for await (const word of process.stdin) {
  if (!String(word).includes("go")) continue;
  const lock = await lockFolder(folder);
  process.stdout.write("release" in lock ? "won\n" : `lost to ${lock.holder.pid}\n`);
}
