import type { ConfigMap, Frozen } from "../../actors/api/types.ts";
import { type Change, judgeReadings } from "../checkers/history.ts";
import type { Invariant } from "../engine/invariant.ts";
import { type ApiReaderData, readerAddresses, readerNamespace, seenOf } from "../workload/api_reader.ts";

/** What was committed so lately may still be on its way to those who watch. */
const transitMs = 5_000;

/**
 * What clients are shown is what was committed: gets, lists of each promise, in pages or selected, and watches from any
 * version tell the store's history, without gaps, twice-told or made-up parts; who asks for the newest sees what
 * was acknowledged before; conditions of writes hold, and a patch changes nothing else.
 */
export const clientsSeeTheHistory: Invariant = {
  name: "clients see the history",
  watch({ definition, simulation }) {
    if (!definition.readers) return {};
    const prefix = `/registry/configmaps/${readerNamespace}/`;
    const history: Change[] = [];
    return {
      commit({ key, object, revision, atMs }) {
        if (!key.startsWith(prefix)) return undefined;
        const seen = object && { ...seenOf(object as Frozen<ConfigMap>), version: revision };
        history.push({ version: revision, name: key.slice(prefix.length), object: seen, atMs });
        return undefined;
      },
      end() {
        const data = readerAddresses.map((address) => simulation.dataOf(address) as ApiReaderData | undefined);
        const readings = data.flatMap((each) => each?.readings ?? []);
        return judgeReadings(history, readings, { endMs: simulation.uptimeMs(), transitMs });
      },
    };
  },
};
