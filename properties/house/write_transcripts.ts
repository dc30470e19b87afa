/** Plays Raft's transcripts and writes down what comes of them now: what has changed is to be read as a diff. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { performed } from "../stages/raft/transcript.ts";

const folder = fileURLToPath(new URL("../../actors/store/raft/transcripts", import.meta.url));
for (const name of (await readdir(folder)).sort()) {
  const path = join(folder, name);
  const text = await readFile(path, "utf8");
  const now = performed(text);
  if (now === text) continue;
  await writeFile(path, now);
  console.log(`Wrote ${name}`);
}
