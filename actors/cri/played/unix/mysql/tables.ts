/** Rows of texts; null is NULL. */
export type Rows = readonly (readonly (string | null)[])[];

/** Rows below their columns, with lines around them. */
export function framed(columns: readonly string[], rows: Rows): string {
  const widths = columns.map((name, place) =>
    rows.reduce((most, row) => Math.max(most, (row[place] ?? "NULL").length), name.length),
  );
  const line = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+\n`;
  const told = (cells: readonly (string | null)[], isNumber: (place: number) => boolean) =>
    `|${widths.map((width, place) => ` ${placed(cells[place] ?? "NULL", width, isNumber(place))} `).join("|")}|\n`;
  const numbers = columns.map((_, place) =>
    rows.every((row) => row[place] === null || /^-?\d+(\.\d+)?$/.test(row[place] ?? "")),
  );
  const body = rows.map((row) => told(row, (place) => numbers[place] ?? false)).join("");
  return `${line}${told(columns, () => false)}${line}${body}${line}`;
}

function placed(text: string, width: number, isNumber: boolean): string {
  return isNumber ? text.padStart(width) : text.padEnd(width);
}

/** Rows below their columns, with tabs between them. */
export function tabbed(columns: readonly string[] | undefined, rows: Rows): string {
  const all = [...(columns ? [columns] : []), ...rows.map((row) => row.map((each) => each ?? "NULL"))];
  return all.map((row) => `${row.join("\t")}\n`).join("");
}

/** Each row below the other, a line for each field. */
export function upright(columns: readonly string[], rows: Rows): string {
  const width = columns.reduce((most, name) => Math.max(most, name.length), 0);
  const stars = "*".repeat(27);
  return rows
    .map((row, at) => {
      const fields = columns.map((name, place) => `${name.padStart(width)}: ${row[place] ?? "NULL"}\n`);
      return `${stars} ${at + 1}. row ${stars}\n${fields.join("")}`;
    })
    .join("");
}
