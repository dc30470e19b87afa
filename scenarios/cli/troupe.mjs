#!/usr/bin/env node
// The installed command: Node cannot read TypeScript everywhere yet, so tsx is registered before the real program.
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
