import { badRequest, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

/**
 * How Kubernetes reads the parameters of a query.
 *
 * Source: apimachinery's conversions of query strings, which call Go's `strconv.ParseInt`.
 */

const integer = /^[+-]?\d+$/;
const [int64Min, int64Max] = [-(2n ** 63n), 2n ** 63n - 1n];
/** Past so many digits a number is out of range, however many of them there are. */
const digitsMax = 1_000;

/** A boolean is true unless it is absent or says otherwise: `false` and `0` in any case; empty is true as well. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && text !== "0" && text.toLowerCase() !== "false";
}

/** A whole number; undefined when it is absent. */
export function integerOf(text: string | undefined): Result<number | undefined, Status> {
  if (text === undefined) return ok(undefined);
  const parsing = `strconv.ParseInt: parsing ${JSON.stringify(text)}`;
  if (!integer.test(text)) return failed(badRequest(`${parsing}: invalid syntax`));
  const value = text.length > digitsMax ? undefined : BigInt(text.replace(/^\+/, ""));
  if (value === undefined || value < int64Min || value > int64Max) {
    return failed(badRequest(`${parsing}: value out of range`));
  }
  return ok(Number(value));
}

/** What is wrong with those of the parameters that are whole numbers. */
function integersError(query: Readonly<Record<string, string>>, names: readonly string[]): Status | undefined {
  for (const name of names) {
    const value = integerOf(query[name]);
    if (!value.ok) return value.failure;
  }
  return undefined;
}

/** What is wrong with the whole numbers that a list or a watch is asked with. */
export function listIntegersError(query: Readonly<Record<string, string>>): Status | undefined {
  return integersError(query, ["timeoutSeconds", "limit"]);
}
