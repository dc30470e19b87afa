import { fnv1a } from "../../api/names.ts";
import { present } from "../../kit/present.ts";
import type { HttpResponse } from "./respond.ts";

/** What names a text among all that ever stood at its place: a hash and a length. */
export function hashOf(text: string): string {
  return `${fnv1a(text).toString(16).padStart(8, "0")}${text.length.toString(16).padStart(8, "0")}`.toUpperCase();
}

/** The response under a tag by which clients keep it: who shows the tag gets no body, but 304. */
export function withETag(response: HttpResponse, hash: string, ifNoneMatch: string | undefined): HttpResponse {
  const tag = `"${hash}"`;
  const headers = { ETag: tag, Vary: "Accept", "Cache-Control": "public", ...response.headers };
  const shown = (ifNoneMatch ?? "").split(",").map((each) => each.trim());
  if (!shown.includes(tag)) return { ...response, headers };
  // Clients take the headers over, so it has to say what it is that they keep.
  return { code: 304, body: "", isVerbatim: true, headers, ...present({ contentType: response.contentType }) };
}
