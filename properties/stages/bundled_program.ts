import { fileURLToPath } from "node:url";
import { bundlePrograms } from "../../runtime/build/program_bundle.ts";

/**
 * The file to run, in a process or a thread, for a program that lies beside a test or a rig. A loader of its sources
 * would take seconds of a processor's time each time that it is run.
 *
 * @param url the program's
 * @throws Error when it does not build
 */
export async function bundledProgram(url: URL): Promise<string> {
  const program = fileURLToPath(url);
  return (await bundlePrograms([program])).fileOf(program);
}
