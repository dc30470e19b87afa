import { type FieldError, forbidden, invalid, notSupported } from "../../api/field_error.ts";
import { badRequest, invalidObject, type Status } from "../../api/status.ts";
import { present } from "../../kit/present.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { LogOptions } from "../../network/streams.ts";
import type { Call } from "../requests/call.ts";
import { integerOf, isTrue } from "../requests/query.ts";

const streams = ["All", "Stdout", "Stderr"] as const;

/** Reads and checks the options of a request for a log, as Kubernetes does. */
export function logOptionsOf({ query, name }: Pick<Call, "query" | "name">): Result<LogOptions, Status> {
  const numbers: Record<"tailLines" | "limitBytes" | "sinceSeconds", number | undefined> = {
    tailLines: undefined,
    limitBytes: undefined,
    sinceSeconds: undefined,
  };
  for (const field of Object.keys(numbers) as (keyof typeof numbers)[]) {
    const value = integerOf(query[field]);
    if (!value.ok) return value;
    numbers[field] = value.value;
  }
  const { sinceTime, stream } = query;
  if (sinceTime && Number.isNaN(Date.parse(sinceTime))) {
    const text = JSON.stringify(sinceTime);
    const why = `parsing time ${text} as "2006-01-02T15:04:05Z07:00": cannot parse ${text} as "2006"`;
    return failed(badRequest(why));
  }
  const errors = errorsOf({ ...numbers, sinceTime, stream });
  if (errors.length > 0) return failed(invalidObject({ group: "", kind: "PodLogOptions" }, name, errors));
  const { tailLines, limitBytes, sinceSeconds } = numbers;
  const [follow, previous, timestamps] = [query.follow, query.previous, query.timestamps].map(
    (each) => isTrue(each) || undefined,
  );
  return ok(
    present({
      ...{ follow, previous, timestamps, tailLines, limitBytes, sinceSeconds },
      sinceTime: sinceTime || undefined,
      stream: (stream || undefined) as (typeof streams)[number] | undefined,
    }),
  );
}

interface Raw {
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  readonly sinceSeconds: number | undefined;
  readonly sinceTime: string | undefined;
  readonly stream: string | undefined;
}

function errorsOf({ tailLines, limitBytes, sinceSeconds, sinceTime, stream }: Raw): FieldError[] {
  const errors: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0)
    errors.push(invalid("tailLines", tailLines, "must be greater than or equal to 0"));
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(invalid("limitBytes", limitBytes, "must be greater than 0"));
  if (sinceSeconds !== undefined && sinceTime) {
    errors.push(forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    errors.push(invalid("sinceSeconds", sinceSeconds, "must be greater than 0"));
  }
  if (stream && !(streams as readonly string[]).includes(stream)) errors.push(notSupported("stream", stream, streams));
  else if (stream && stream !== "All" && tailLines !== undefined) {
    errors.push(forbidden("", "`tailLines` and specific `stream` are mutually exclusive for now"));
  }
  return errors;
}
