import { type PlaceTable, placeOf } from "./place_table.ts";

/** Replaces places in a file of code, as stacks have them, by those of the sources that it was made of. */
export function mapPlaces(path: string, table: PlaceTable): (text: string) => string {
  const places = new RegExp(`${path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}:(\\d+):(\\d+)`, "g");
  return (text) =>
    text.replace(places, (whole, line: string, column: string) => {
      const place = placeOf(table, Number(line), Number(column));
      return place ? `${place.path}:${place.line}:${place.column}` : whole;
    });
}
