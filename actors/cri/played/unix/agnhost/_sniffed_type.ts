/** What begins a page, in large letters; a space or `>` follows. Source: WHATWG MIME Sniffing, 7.1. */
const pages =
  /^\s*(?:<!DOCTYPE HTML|<HTML|<HEAD|<SCRIPT|<IFRAME|<H1|<DIV|<FONT|<TABLE|<A|<STYLE|<TITLE|<B|<BODY|<BR|<P|<!--)[ >]/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they tell data from text
const data = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/;
/** So much of a body is looked at. */
const lookedAtMax = 512;

/** The type that Go's server gives a body without one. */
export function sniffedType(body: string): string {
  const start = body.slice(0, lookedAtMax);
  if (pages.test(start)) return "text/html; charset=utf-8";
  if (/^\s*<\?xml/.test(start)) return "text/xml; charset=utf-8";
  return data.test(start) ? "application/octet-stream" : "text/plain; charset=utf-8";
}
