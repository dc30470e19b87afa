import { refuse } from "./_refusal.ts";

const bodyLengthMax = 64 * 1024;

/** The JSON object that a request carries. */
export async function jsonOf(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const text = await textOf(request);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Refused with all else that is no object.
  }
  return refuse(400, "Cannot read the body: it has to be a JSON object");
}

/** The fields of the form that a request carries. */
export async function formOf(request: Request): Promise<URLSearchParams> {
  return new URLSearchParams(await textOf(request));
}

async function textOf(request: Request): Promise<string> {
  const text = await request.text();
  return text.length <= bodyLengthMax
    ? text
    : refuse(413, `Cannot read the body: it has more than ${bodyLengthMax} characters`);
}

/** A field that has to be a text. */
export function requireText(value: unknown, field: string): string {
  return typeof value === "string" && value !== "" ? value : refuse(400, `Cannot use ${field}: it has to be a text`);
}

/** A field that has to be a whole number from 0 to `most`. */
export function requireCount(
  value: unknown,
  { field, most }: { readonly field: string; readonly most: number },
): number {
  const isCount = typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
  return isCount ? value : refuse(400, `Cannot use ${field}: it has to be a whole number from 0 to ${most}`);
}
