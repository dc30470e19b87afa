import type { DeviceDefinition } from "../../runtime/devices/device.ts";
import { createRuleTable, type RuleTable } from "../network/rule_table.ts";
import type { DataplaneRequest, ServicePortRule } from "./messages.ts";

/** A dataplane that keeps rules and carries no traffic, and what tests may see of it. */
export interface DataplaneModel extends DeviceDefinition {
  /** The rules in force on a node, by name; empty before the first. They outlive their kube-proxy. */
  rulesOf(node: string): ReadonlyMap<string, ServicePortRule>;
  /** The rules of a node as something that connections can be sent by. */
  tableOf(node: string): RuleTable;
  /** The node is switched on anew: its rules are gone. */
  computerCrash(node: string): void;
}

/** Makes the `dataplane` device for all nodes of a cluster. */
export function dataplaneModel(): DataplaneModel {
  const tables = new Map<string, RuleTable>();

  function tableOf(node: string): RuleTable {
    let table = tables.get(node);
    if (!table) {
      table = createRuleTable(node);
      tables.set(node, table);
    }
    return table;
  }

  return {
    name: "dataplane",
    needs: () => undefined,
    open: () => ({
      request(request, done, mishap) {
        const asked = request as DataplaneRequest;
        if (mishap !== undefined) return done({ ok: false, reason: "failed", message: `Applying rules: ${mishap}` });
        done(tableOf(asked.full ? asked.settings.node : asked.node).apply(asked));
      },
      close() {},
    }),
    rulesOf: (node) => tableOf(node).rules,
    tableOf,
    computerCrash: (node) => void tables.delete(node),
  };
}
