import type { Step } from "../../../runtime/mod.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { definitionOf } from "../../api/schema/schema.ts";
import { type Status, unknownFailure } from "../../api/status.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { uuid } from "../requests/uid.ts";
import type { Server } from "../server.ts";
import { askWebhook } from "../webhooks/ask_webhook.ts";
import {
  type ConversionQuestion,
  conversionReviewText,
  conversionReviewVersionOf,
  readConversionReview,
} from "./conversion_review.ts";
import { restoredObject } from "./converted_object.ts";

/** Objects to have converted by the webhook of their kind. */
export interface Converting {
  /** A version of their kind: it says who converts. */
  readonly kind: KindDefinition;
  readonly objects: readonly Frozen<KubeObject>[];
  /** The apiVersion that they are to have. */
  readonly apiVersion: string;
  readonly done: (converted: Result<readonly Frozen<KubeObject>[], Status>, step: Step) => void;
}

const seconds = 30;
const answerBytesMax = 64 * 1024 * 1024;
/** More are asked for one question after the other. */
const objectsMax = 250;

/** Has objects converted by a webhook; that of a definition says why it could not be done, in Kubernetes' words. */
export function convertObjects(server: Server, step: Step, converting: Converting): void {
  const { objects, done } = converting;
  const all: Frozen<KubeObject>[] = [];
  const next = (now: Step) => {
    if (all.length === objects.length) return done(ok(all), now);
    const some = objects.slice(all.length, all.length + objectsMax);
    convertSome(server, now, {
      ...converting,
      objects: some,
      done: (converted, later) => {
        if (!converted.ok) return done(converted, later);
        all.push(...converted.value);
        next(later);
      },
    });
  };
  next(step);
}

function convertSome(server: Server, step: Step, { kind, objects, apiVersion, done }: Converting) {
  const { webhook } = kind.conversion ?? {};
  const version = conversionReviewVersionOf(webhook?.reviewVersions ?? []);
  const refuse = (why: string, later: Step) => done(failed(unknownFailure(why)), later);
  if (!webhook || version === undefined) return refuse("no supported conversion review versions", step);
  const of = `conversion webhook for ${objects[0]?.apiVersion}, Kind=${kind.kind}`;
  const question: ConversionQuestion = { version, uid: uuid(step), desiredAPIVersion: apiVersion, objects };
  askWebhook(server, step, {
    clientConfig: webhook.clientConfig,
    body: conversionReviewText(question),
    seconds,
    bytesMax: answerBytesMax,
    asker: "kube-apiserver-admission",
    done: (answer, later) => {
      const read = answer.ok ? readConversionReview(answer.value, question) : answer;
      if (!read.ok) return refuse(`${of} failed: ${read.failure}`, later);
      const restored = restoredAll(server, read.value, { question, of });
      if (restored.ok) done(restored, later);
      else refuse(restored.failure, later);
    },
  });
}

interface Asked {
  readonly question: ConversionQuestion;
  /** How a failure's text begins. */
  readonly of: string;
}

function restoredAll(
  server: Server,
  made: readonly unknown[],
  { question, of }: Asked,
): Result<Frozen<KubeObject>[], string> {
  const { objects, desiredAPIVersion: apiVersion } = question;
  if (made.length !== objects.length) {
    return failed(`${of} returned ${made.length} objects, expected ${objects.length}`);
  }
  const all: Frozen<KubeObject>[] = [];
  for (const [index, original] of objects.entries()) {
    const restored = restoredObject({ original, converted: made[index], apiVersion });
    if (!restored.ok) {
      const { part, why } = restored.failure;
      const isOne = objects.length === 1;
      if (part === "metadata") {
        return failed(`${of} returned invalid metadata${isOne ? "" : ` in object at index ${index}`}: ${why}`);
      }
      return failed(`${of} returned invalid ${isOne ? "object" : `converted object at index ${index}`}: ${why}`);
    }
    prune(server, restored.value);
    all.push(restored.value);
  }
  return ok(all);
}

/** Drops what the version that an object is in now does not know. */
function prune({ served }: Server, object: Frozen<KubeObject>): void {
  const kind = served.stored.byObject(object);
  if (kind) definitionOf(kind.schema)?.open?.prune(object as unknown as Record<string, unknown>);
}
