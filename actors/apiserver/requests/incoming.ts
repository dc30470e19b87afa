import type { Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import type { Result } from "../../kit/result.ts";
import type { Origin } from "../audit/origin.ts";
import type { WatchSink } from "../cache/watchers.ts";
import type { ApiRequest, ApiResponse, User } from "../messages.ts";
import type { ClientSide } from "../streams/client_side.ts";
import type { Encoding, Representation } from "./representation.ts";

/** A request and how to answer it; the same for components and for HTTP. */
export interface Incoming {
  readonly request: ApiRequest;
  /** Who asks, as this server itself has found out. */
  readonly user: User;
  readonly representation: Representation;
  /** In which form the answer is written. Default JSON. */
  readonly encoding?: Encoding;
  /** Whether it is a component of the cluster, which asks as itself: it ought to do nothing that it may not. */
  readonly isComponent?: boolean;
  /** What is wrong with the form in which it comes or wants its answer: for those alone who may ask. */
  readonly wrongForm?: Status;
  /** Reads what the client sends with it; absent where all is there. */
  readBody?(step: Step, done: (body: Result<RequestBody, Status>, step: Step) => void): void;
  /** For a watch: what its sink will be named. */
  readonly sinkName: string;
  openSink(step: Step): WatchSink;
  /** How a stream reaches the client; absent for components. */
  readonly client?: ClientSide;
  /** For who is to be told of it later. Default: what is known of a component. */
  readonly origin?: Origin;
  /** Writes something beside the request, where it is written down. */
  note?(key: string, value: string): void;
  respond(step: Step, response: ApiResponse): void;
}

/** What comes after the head of a request. */
export type RequestBody = Pick<ApiRequest, "body" | "contentType" | "repeatedKeys">;
