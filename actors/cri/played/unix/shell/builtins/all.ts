// Written by `npm run fix`: to add to this list, add a file to this folder.
import { cd } from "./cd.ts";
import { colon } from "./colon.ts";
import { command } from "./command.ts";
import { continueLoop } from "./continue_loop.ts";
import { declare } from "./declare.ts";
import { dot } from "./dot.ts";
import { evalText } from "./eval_text.ts";
import { exec } from "./exec.ts";
import { exit } from "./exit.ts";
import { exportVariables } from "./export_variables.ts";
import { getopts } from "./getopts.ts";
import { leaveLoop } from "./leave_loop.ts";
import { local } from "./local.ts";
import { mapfile } from "./mapfile.ts";
import { read } from "./read.ts";
import { readonlyVariables } from "./readonly_variables.ts";
import { returnStatus } from "./return_status.ts";
import { set } from "./set.ts";
import { shift } from "./shift.ts";
import { sums } from "./sums.ts";
import { trap } from "./trap.ts";
import { typeOf } from "./type_of.ts";
import { umask } from "./umask.ts";
import { unset } from "./unset.ts";
import { wait } from "./wait.ts";

/** All that this folder has, by file name. */
export const all = [
  cd,
  colon,
  command,
  continueLoop,
  declare,
  dot,
  evalText,
  exec,
  exit,
  exportVariables,
  getopts,
  leaveLoop,
  local,
  mapfile,
  read,
  readonlyVariables,
  returnStatus,
  set,
  shift,
  sums,
  trap,
  typeOf,
  umask,
  unset,
  wait,
] as const;
