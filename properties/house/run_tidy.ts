/** Holds the house to its rules: prints what breaks them, one line each, and fails if anything does. */
import { fileURLToPath } from "node:url";
import { readHouse } from "./tidy/read_house.ts";
import { findingText, tidy } from "./tidy.ts";

const files = await readHouse(fileURLToPath(new URL("../..", import.meta.url)));
const findings = tidy(files);
for (const finding of findings) console.error(findingText(finding));
console.log(`Tidy: ${files.length} files, ${findings.length === 0 ? "nothing" : findings.length} to mend`);
if (findings.length > 0) process.exitCode = 1;
