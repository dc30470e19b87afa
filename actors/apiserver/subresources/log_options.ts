import { type FieldError, forbidden, invalid, notSupported } from "../../api/field_error.ts";
import { badRequest, invalidObject, type Status } from "../../api/status.ts";
import type { LogOptions } from "../../network/streams.ts";
import type { Call } from "../requests/call.ts";
import { integerOf, isTrue } from "../requests/query.ts";

const streams = ["All", "Stdout", "Stderr"] as const;

/** Reads and checks the options of a request for a log, as Kubernetes does. */
export function logOptionsOf({ query, name }: Pick<Call, "query" | "name">): LogOptions | Status {
  const numbers: Record<"tailLines" | "limitBytes" | "sinceSeconds", number | undefined> = {
    tailLines: undefined,
    limitBytes: undefined,
    sinceSeconds: undefined,
  };
  for (const field of Object.keys(numbers) as (keyof typeof numbers)[]) {
    const value = integerOf(query[field]);
    if (typeof value === "object") return value;
    numbers[field] = value;
  }
  const { sinceTime, stream } = query;
  if (sinceTime && Number.isNaN(Date.parse(sinceTime))) {
    const text = JSON.stringify(sinceTime);
    return badRequest(`parsing time ${text} as "2006-01-02T15:04:05Z07:00": cannot parse ${text} as "2006"`);
  }
  const errors = errorsOf({ ...numbers, sinceTime, stream });
  if (errors.length > 0) return invalidObject({ group: "", kind: "PodLogOptions" }, name, errors);
  const { tailLines, limitBytes, sinceSeconds } = numbers;
  return {
    ...(isTrue(query.follow) ? { follow: true } : {}),
    ...(isTrue(query.previous) ? { previous: true } : {}),
    ...(isTrue(query.timestamps) ? { timestamps: true } : {}),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime ? { sinceTime } : {}),
    ...(stream ? { stream: stream as (typeof streams)[number] } : {}),
  };
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
