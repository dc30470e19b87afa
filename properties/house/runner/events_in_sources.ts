import { join } from "node:path";
import { type PlaceTable, placeOf } from "./place_table.ts";
import { placesIn, scriptFile } from "./script_files.ts";

/** What Node's runner of tests tells, as far as it says where that is. */
interface Event {
  readonly type: string;
  readonly data: unknown;
}

/**
 * Says of what happens in a script of tests where that is in their sources.
 *
 * @param folder the script's
 */
export function eventsInSources(folder: string): (events: AsyncIterable<Event>) => AsyncIterable<Event> {
  const script = join(folder, scriptFile);
  let table: PlaceTable | undefined;
  return async function* (events) {
    for await (const event of events) {
      const { file, line, column } = event.data as { file?: string; line?: number; column?: number };
      if (file !== script || line === undefined || column === undefined) {
        yield event;
        continue;
      }
      table ??= placesIn(folder);
      const place = placeOf(table, line, column);
      yield place
        ? { ...event, data: { ...(event.data as object), file: place.path, line: place.line, column: place.column } }
        : event;
    }
  };
}
