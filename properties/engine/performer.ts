import { prepareTraffic } from "../traffic/prepare.ts";
import { narrateRun } from "./narration.ts";
import { perform } from "./perform.ts";
import { recordRun } from "./record_run.ts";
import { definitionOf, runOf, searchOne } from "./search.ts";
import { shrinkRun } from "./shrink.ts";

/** All that performs runs: what a copy of the code with a deliberate defect is asked for. */
export const performer = {
  ...{ definitionOf, narrateRun, prepareTraffic, recordRun, runOf, searchOne, shrinkRun },
  performRun: perform,
};
