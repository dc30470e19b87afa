import type { Command } from "commander";
import { InputError } from "../../cluster/input_error.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

/** Draws a component. */
export const chart: Verb = {
  name: "chart",
  summary: "Draws a component's statechart as Mermaid, or lists the components",
  examples: [
    ["troupe chart", "lists the components"],
    ["troupe chart store", "the chart of a store replica"],
    ["troupe chart kubelet --notes > kubelet.mmd", "with what each state is for, and what is done on entering it"],
  ],
  declare(command: Command) {
    command.argument("[component]", "whose chart").option("--notes", "adds each state's description and entry actions");
  },
  run,
};

async function run({ args, options, streams }: Invocation<{ readonly notes?: true }>): Promise<number> {
  const [{ allCharts }, { mermaidOf }] = await Promise.all([import("../charts.ts"), import("../mermaid.ts")]);
  const charts = allCharts();
  const [name] = args;
  if (name === undefined) {
    const width = Math.max(...charts.map((each) => each.name.length));
    streams.stdout.write(charts.map((each) => `${each.name.padEnd(width)}  ${each.about}\n`).join(""));
    return exitCodes.good;
  }
  const wanted = charts.find((each) => each.name === name.replaceAll("_", "-"));
  if (!wanted) {
    const known = charts.map((each) => each.name).join(", ");
    throw new InputError(`Cannot draw "${name}": there is no such component, name one of: ${known}`);
  }
  streams.stdout.write(`${mermaidOf(wanted.machine, { withNotes: options.notes === true })}\n`);
  return exitCodes.good;
}
