import { jsonOf, requireText } from "./_input.ts";
import { service } from "./_service.ts";

interface Entry {
  readonly number: number;
  readonly at: string;
  readonly service: string;
  readonly text: string;
}

const entriesMax = 1_000;
const lastDefault = 20;
/** The newest; older ones are in the container's log as long as that is kept. */
const entries: Entry[] = [];
let count = 0;

const last = (wanted: string | null | undefined) => {
  const number = Number(wanted ?? lastDefault);
  return entries.slice(-(number >= 1 ? Math.trunc(number) : lastDefault));
};
const lineOf = ({ at, service, text }: Entry) => `${at} ${service}: ${text}`;

/** Takes down what the services of the shop report. */
export default service({
  name: "logging",
  routes: {
    "POST /entries": async ({ request, env }) => {
      const { service, text } = await jsonOf(request);
      const entry: Entry = {
        number: ++count,
        at: new Date().toISOString(),
        service: requireText(service, "service"),
        text: requireText(text, "text"),
      };
      entries.push(entry);
      if (entries.length > entriesMax) entries.shift();
      env.log(lineOf(entry));
      return Response.json(entry, { status: 201 });
    },
    "GET /entries": ({ url }) => ({ entries: last(url.searchParams.get("last")) }),
  },
  commands: {
    tail: ([wanted]) =>
      last(wanted)
        .map((entry) => `${lineOf(entry)}\n`)
        .join(""),
  },
});
