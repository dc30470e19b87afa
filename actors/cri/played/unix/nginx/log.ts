import type { Process } from "../kernel/process.ts";
import { formatDate } from "../programs/_dates.ts";

/** The time as it stands in the log of errors: `2026/01/02 03:04:05`. */
export function stamp({ kernel }: Process): string {
  return formatDate(new Date(kernel.host.wallMs()), "%Y/%m/%d %H:%M:%S");
}

/** The time as it stands in the log of requests: `02/Jan/2026:03:04:05 +0000`. */
export function requestStamp({ kernel }: Process): string {
  return formatDate(new Date(kernel.host.wallMs()), "%d/%b/%Y:%H:%M:%S +0000");
}

/** What a line of the log of requests tells. */
export interface Logged {
  readonly ip: string;
  readonly request: string;
  readonly status: number;
  readonly sizeBytes: number;
  readonly header: (name: string) => string | undefined;
}

/** A line of the log of requests, as the image of nginx has it. */
export function accessLine(self: Process, { ip, request, status, sizeBytes, header }: Logged): string {
  const quoted = (name: string) => `"${header(name) ?? "-"}"`;
  const referrer = quoted("referer");
  return `${ip} - - [${requestStamp(self)}] "${request}" ${status} ${sizeBytes} ${referrer} ${quoted("user-agent")} ${quoted("x-forwarded-for")}\n`;
}
