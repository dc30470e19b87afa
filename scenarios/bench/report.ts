import type { Measurement } from "./benchmark.ts";

/** A table for people: each figure beside its budget, and by how much it is better or worse. */
export function tableOf(measurements: readonly Measurement[]): string {
  const rows = [["what", "measured", "budget", "of budget"], ...measurements.map(rowOf)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  return `${lines.join("\n")}\n`;
}

function rowOf({ what, value, unit, budget, better }: Measurement): string[] {
  if (budget === undefined) return [what, figure(value, unit), "", ""];
  const bound = `${better === "less" ? "<" : ">"} ${figure(budget, unit)}`;
  return [what, figure(value, unit), bound, `${((value / budget) * 100).toFixed(0)} %`];
}

function figure(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return unit.startsWith("/") ? `${text}${unit}` : `${text} ${unit}`;
}
