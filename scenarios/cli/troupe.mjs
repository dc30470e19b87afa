#!/usr/bin/env node
// The command. A checkout has its sources, which Node cannot read everywhere yet: tsx is registered before the real
// program. The published package has what was compiled of them.
import { existsSync } from "node:fs";

if (existsSync(new URL("./main.ts", import.meta.url))) {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./main.ts");
} else {
  await import(new URL("../../dist/scenarios/cli/main.js", import.meta.url).href);
}
