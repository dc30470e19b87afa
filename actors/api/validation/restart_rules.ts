import { type FieldError, notSupported, required, tooLong } from "../field_error.ts";
import type { OwnRestarts, RestartRule } from "../restart_rules.ts";

const policies = ["Always", "Never", "OnFailure"];
const operators = ["In", "NotIn"];
const rulesMax = 20;
const codesMax = 255;

/** What a container says of how it starts again. */
export function validateRestarts(
  { restartPolicy, restartPolicyRules: rules = [] }: OwnRestarts,
  at: string,
): FieldError[] {
  const here = `${at}.restartPolicy`;
  if (restartPolicy === undefined) {
    return rules.length === 0 ? [] : [required(here, "must specify restartPolicy when restart rules are used")];
  }
  return [
    ...(policies.includes(restartPolicy) ? [] : [notSupported(here, restartPolicy, policies)]),
    ...(rules.length > rulesMax ? [tooLong(`${at}.restartPolicyRules`, rulesMax)] : []),
    ...rules.flatMap((rule, index) => validateRule(rule, `${at}.restartPolicyRules[${index}]`)),
  ];
}

function validateRule({ action = "", exitCodes }: RestartRule, at: string): FieldError[] {
  const wrong = action === "Restart" ? [] : [notSupported(`${at}.action`, action, ["Restart"])];
  if (!exitCodes) return [...wrong, required(`${at}.exitCodes`, "must be specified")];
  const { operator = "", values = [] } = exitCodes;
  return [
    ...wrong,
    ...(operators.includes(operator) ? [] : [notSupported(`${at}.exitCodes.operator`, operator, operators)]),
    ...(values.length > codesMax ? [tooLong(`${at}.exitCodes.values`, codesMax)] : []),
  ];
}
