import { runLine } from "./run_line.ts";
import { exitCodes } from "./verb.ts";

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.good);
  throw error;
});
process.exitCode = await runLine(process.argv.slice(2), process);
