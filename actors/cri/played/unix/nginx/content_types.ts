import { ownValue } from "../../../../api/types.ts";

/** What files are, by what their names end in. */
const types: Readonly<Record<string, string>> = {
  html: "text/html",
  htm: "text/html",
  css: "text/css",
  xml: "text/xml",
  txt: "text/plain",
  js: "application/javascript",
  json: "application/json",
  png: "image/png",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  svg: "image/svg+xml",
  ico: "image/x-icon",
  webp: "image/webp",
  pdf: "application/pdf",
  zip: "application/zip",
  wasm: "application/wasm",
  woff2: "font/woff2",
};

/** The type of a file by its name; `other` for all that are not known. */
export function contentType(path: string, other: string): string {
  const extension = /\.([^./]+)$/.exec(path)?.[1] ?? "";
  return ownValue(types, extension.toLowerCase()) ?? other;
}
