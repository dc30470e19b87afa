import { prepareTraffic } from "../traffic/prepare.ts";
import { narrateRun } from "./narration.ts";
import { recordRun } from "./record_run.ts";
import { performRun } from "./run.ts";
import { definitionOf, searchOne } from "./search.ts";
import { shrinkRun } from "./shrink.ts";

/** All that performs runs: what a copy of the code with a deliberate defect is asked for. */
export const performer = { definitionOf, narrateRun, performRun, prepareTraffic, recordRun, searchOne, shrinkRun };
