import { setup } from "xstate";
import type { DataplaneApply } from "../../../actors/computer/messages.ts";
import { createRuleTable, type RuleTable } from "../../../actors/network/rule_table.ts";
import { type ChartTypes, defineActor, handlers, reducers } from "../../../runtime/mod.ts";

/** What a fake computer was asked to bring into force. */
export interface Applied {
  readonly generation: number;
  readonly full: boolean;
  readonly atMs: number;
}

/** All that a fake computer knows: the rules, which go with its power, and what it was asked since. */
export interface FakeComputerData {
  readonly rules: RuleTable;
  readonly applied: Applied[];
}

const { begin } = reducers<FakeComputerData, DataplaneApply>();

const running = handlers<FakeComputerData, DataplaneApply>({
  "dataplane.apply": ({ rules, applied }, mail, step) => {
    const { request } = mail.body;
    const { generation, full } = request;
    applied.push({ generation, full, atMs: step.uptimeMs });
    step.reply(mail, rules.apply(request));
  },
});

/** A computer that keeps rules and carries no connections. */
export const fakeComputer = defineActor<{ readonly node: string }>({
  kind: "fake_computer",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<FakeComputerData, DataplaneApply, { readonly node: string }>,
  }).createMachine({
    id: "fake_computer",
    context: begin(({ node }: { readonly node: string }) => ({ rules: createRuleTable(node), applied: [] })),
    initial: "running",
    states: { running: { on: running.on } },
  }),
});
