import { bytesOfText, textOfBytes } from "../../../actors/network/http/byte_text.ts";
import { httpClient } from "../../../actors/network/http/http_client.ts";
import type { Clock } from "./clocks.ts";
import type { PodNetwork } from "./pod_network.ts";

/** What an HTTP request of a test got. */
export interface StageResponse {
  readonly status: number;
  readonly body: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly failure: string | undefined;
}

/** What a test asks of a pod. */
export interface StageRequest {
  readonly ip: string;
  readonly path: string;
  /** Default GET. */
  readonly method?: string;
  readonly body?: string;
  /** Default 8080. */
  readonly port?: number;
}

/** Makes an HTTP request over a stage's network. */
export async function stageFetch(
  { network, clock }: { readonly network: PodNetwork; readonly clock: Clock },
  { ip, path, method = "GET", body, port = 8080 }: StageRequest,
): Promise<StageResponse> {
  const got = {
    status: 0,
    body: "",
    headers: [] as readonly (readonly [string, string])[],
    failure: undefined as string | undefined,
  };
  let isOver = false;
  const end = (failure?: string) => {
    isOver = true;
    got.failure = failure;
    clock.changed();
  };
  const client = httpClient({
    head({ status, headers }) {
      got.status = status;
      got.headers = headers;
    },
    chunk(data) {
      got.body += data;
    },
    end: () => end(),
    failed: end,
    write: (data) => connection.write(data, false),
    used() {},
  });
  const more = body === undefined ? {} : { body: bytesOfText(body) };
  const connection = network.dial(ip, port, {
    connected: () => client.request({ method, target: path, host: "app", headers: [], ...more }),
    data(data, isEnd) {
      if (data !== "") client.receive(data);
      if (isEnd) client.receiveEnd();
    },
    reset: () => end("reset"),
    refused: () => end("refused"),
  });
  await clock.until(() => isOver);
  return { ...got, body: textOfBytes(got.body) };
}
