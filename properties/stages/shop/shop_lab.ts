import { join } from "node:path";
import { readImages } from "../../../actors/cri/modules/image_catalogue.ts";
import type { ModuleOutput, ModuleRunner, RunningModule } from "../../../actors/cri/modules/module_runner.ts";

/** Where the containers of a lab live. */
export interface LabWorld {
  readonly runner: ModuleRunner;
  /** Carries something over the network. */
  later(body: () => void): void;
  /** Lets a little time pass. */
  tick(): Promise<void>;
}

/** What a client of the lab got. */
export interface LabAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: <T>() => T;
}

/** A request of a client. */
export interface LabRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, but for a text. */
  readonly body?: unknown;
}

/** A container of the lab. */
export interface Container {
  readonly service: string;
  readonly hostname: string;
  readonly running: RunningModule;
  readonly lines: string[];
  isListening: boolean;
  exitCode?: number;
}

/** One end of an exchange: told what the other end did. */
type Tell = (output: ModuleOutput) => void;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The services of the shop without a cluster: names lead to containers in turn, and nothing is between them but time. */
export async function shopLab(world: LabWorld) {
  const images = await readImages(join(import.meta.dirname, "../../../scenarios/images"));
  const containers: Container[] = [];
  /** Exchanges by the number under which their server knows them. */
  const exchanges = new Map<number, { readonly server: Container; readonly tell: Tell }>();
  const execs = new Map<number, Tell>();
  let numbers = 0;
  let turn = 0;

  /** Begins an exchange with some container of a service; undefined when none listens. */
  function connect(service: string, tell: Tell): { readonly id: number; readonly server: Container } | undefined {
    const able = containers.filter((each) => each.service === service && each.isListening);
    const server = able[turn++ % Math.max(1, able.length)];
    if (!server) return undefined;
    const id = ++numbers;
    exchanges.set(id, { server, tell });
    return { id, server };
  }

  function heard(container: Container, output: ModuleOutput, fetches: Map<number, { id: number; server: Container }>) {
    if (output.type === "listening") container.isListening = true;
    else if (output.type === "log") container.lines.push(output.line);
    else if (output.type === "exit") over(container, output.code);
    else if (output.type === "exec.end") execs.get(output.id)?.(output);
    else if (output.type === "usage") return;
    else if (output.type === "hung") throw new Error(`${container.hostname} hangs`);
    else if (output.type.startsWith("response.") || output.type === "request.taken") {
      const exchange = exchanges.get(output.id);
      if (output.type === "response.end" || output.type === "response.failed") exchanges.delete(output.id);
      world.later(() => exchange?.tell(output));
    } else if (output.type === "fetch") {
      const { id, method, url, headers, hasBody } = output;
      const client = (back: ModuleOutput) => answerFetch(container, id, back);
      const made = connect(new URL(url).hostname, client);
      if (!made)
        return world.later(() => container.running.tell({ type: "fetch.failed", id, message: "connect ECONNREFUSED" }));
      fetches.set(id, made);
      world.later(() => made.server.running.tell({ type: "request", id: made.id, method, url, headers, hasBody }));
    } else if ("id" in output) {
      const made = fetches.get(output.id);
      if (!made) return;
      const { id, server } = made;
      if (output.type === "fetch.body")
        world.later(() => server.running.tell({ type: "request.chunk", id, data: output.data }));
      else if (output.type === "fetch.body.end") world.later(() => server.running.tell({ type: "request.end", id }));
      else if (output.type === "fetch.answer.taken")
        world.later(() => server.running.tell({ type: "response.taken", id }));
      else world.later(() => server.running.tell({ type: "request.abort", id }));
    }
  }

  async function during<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    promise.then(end, end);
    while (!isOver) await world.tick();
    return promise;
  }

  function over(container: Container, code: number) {
    container.isListening = false;
    container.exitCode = code;
    for (const [id, { server, tell }] of exchanges) {
      if (server === container) world.later(() => tell({ type: "response.failed", id, reason: "broken" }));
    }
  }

  return {
    containers,
    /** Starts a container: `shop/cart:1`. */
    start(image: string, vars: Readonly<Record<string, string>> = {}): Container {
      const found = images.find(image);
      if (!found.ok) throw new Error(found.message);
      const service = image.replace(/^shop\/(.*):.*$/, "$1");
      const hostname = `${service}-${containers.length}`;
      const fetches = new Map<number, { id: number; server: Container }>();
      const container: Container = {
        service,
        hostname,
        lines: [],
        isListening: false,
        running: world.runner.start(
          { image: found.bundle, vars, args: [], hostname, name: `shop/${hostname}/${service}` },
          (output) => heard(container, output, fetches),
        ),
      };
      containers.push(container);
      return container;
    },
    /** Asks a service. */
    async request(
      service: string,
      path: string,
      { method = "GET", headers = {}, body }: LabRequest = {},
    ): Promise<LabAnswer> {
      const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      return during(
        new Promise<LabAnswer>((resolve, reject) => {
          let head: { readonly status: number; readonly headers: Record<string, string> } | undefined;
          let answer = "";
          const made = connect(service, (output) => {
            if (output.type === "response.head")
              head = { status: output.status, headers: Object.fromEntries(output.headers) };
            else if (output.type === "response.chunk") {
              answer += decoder.decode(output.data, { stream: true });
              made?.server.running.tell({ type: "response.taken", id: made.id });
            } else if (output.type === "response.failed") reject(new Error(`${service} ${path}: ${output.reason}`));
            else if (output.type === "response.end" && head)
              resolve({ ...head, text: answer, json: () => JSON.parse(answer) });
          });
          if (!made) return reject(new Error(`${service} ${path}: refused`));
          const { id, server } = made;
          const url = `http://${service}${path}`;
          server.running.tell({
            type: "request",
            id,
            method,
            url,
            headers: Object.entries(headers),
            hasBody: text !== undefined,
          });
          if (text === undefined) return;
          server.running.tell({ type: "request.chunk", id, data: encoder.encode(text) });
          server.running.tell({ type: "request.end", id });
        }),
      );
    },
    /** Carries out a command in a container. */
    exec(container: Container, ...command: string[]): Promise<Extract<ModuleOutput, { type: "exec.end" }>> {
      const id = ++numbers;
      return during(
        new Promise((resolve) => {
          execs.set(id, (output) => void (output.type === "exec.end" && resolve(output)));
          container.running.tell({ type: "exec", id, command });
        }),
      );
    },
    /** Waits until something holds. */
    async until(holds: () => boolean | Promise<boolean>): Promise<void> {
      while (!(await holds())) await world.tick();
    },
    [Symbol.dispose]() {
      for (const { running } of containers) running.dispose();
    },
  };
}

/** What a fetch hears of its exchange. */
function answerFetch({ running }: Container, id: number, output: ModuleOutput): void {
  if (output.type === "response.head")
    running.tell({ type: "fetch.head", id, status: output.status, headers: output.headers });
  else if (output.type === "response.chunk") running.tell({ type: "fetch.chunk", id, data: output.data });
  else if (output.type === "response.end") running.tell({ type: "fetch.end", id });
  else if (output.type === "response.failed")
    running.tell({ type: "fetch.failed", id, message: `connection ${output.reason}` });
  else if (output.type === "request.taken") running.tell({ type: "fetch.taken", id });
}
