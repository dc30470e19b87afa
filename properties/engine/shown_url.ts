/** A URL as it may be shown and kept: without the password that is in it. */
export function shownUrl(url: string): string {
  return url.replace(/^([\w+.-]+:\/\/[^/?#@:]*):[^/?#]*@/, "$1:***@");
}
