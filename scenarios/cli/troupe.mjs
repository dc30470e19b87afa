#!/usr/bin/env node
// The command. The published package has what was compiled of it. A checkout has its sources, which Node cannot read
// everywhere yet: they are bundled, and where the last bundle was made of what is still here, that is all there is to do.
import { existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const placeOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const main = placeOf("./main.ts");
const note = placeOf("../../node_modules/.cache/kubetroupe/command.json");

if (!existsSync(main)) await import(new URL("../../dist/scenarios/cli/main.js", import.meta.url).href);
else {
  process.setSourceMapsEnabled(true);
  await import(bundled() ?? (await bundle()));
}

/** What `bundleProgram` left a note of, if nothing has changed since. */
function bundled() {
  try {
    const { entry, stamps } = JSON.parse(readFileSync(note, "utf8"));
    keep(dirname(entry));
    return existsSync(entry) && Object.entries(stamps).every(([path, stamp]) => stamp === stampOf(path))
      ? entry
      : undefined;
  } catch {
    return undefined;
  }
}

/** What comes late is loaded late, from a cache that others clear of what was not used for an hour. */
function keep(folder) {
  const touch = () => utimesSync(folder, new Date(), new Date());
  touch();
  setInterval(touch, 600_000).unref();
}

function stampOf(path) {
  const { size, mtimeMs, ctimeMs } = statSync(path);
  return `${size} ${mtimeMs} ${ctimeMs}`;
}

async function bundle() {
  const { register } = await import("tsx/esm/api");
  register();
  const { bundleProgram } = await import("../../runtime/build/program_bundle.ts");
  // What does not build says so best where it is loaded as it is.
  return bundleProgram(main, note).catch(() => main);
}
