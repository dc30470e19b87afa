import type { Invariant } from "../engine/invariant.ts";
import type { TrafficAnswer } from "../traffic/answer.ts";
import type { TrafficRecord } from "../traffic/client_data.ts";
import { lettersOf, sumOf } from "../traffic/letters.ts";
import { describeRecord, eachEnded } from "../traffic/records.ts";

/** No byte is altered, lost, doubled, or another request's: neither on the way there nor back. */
export const answersAreWhole: Invariant = {
  name: "answers are whole, and their own request's",
  watch: (world) => (world.definition.traffic ? { step: eachEnded(world, judge) } : {}),
};

function judge(record: TrafficRecord): string | undefined {
  const { outcome, request } = record;
  if (outcome?.kind !== "answer" || outcome.status === 502) return undefined;
  if (outcome.status !== 200) return describeRecord(record);
  const wrong = wrongIn(parsed(outcome.text), request);
  return wrong && `${wrong}: ${describeRecord(record)}`;
}

function parsed(text: string): Partial<TrafficAnswer> {
  try {
    return JSON.parse(text) as TrafficAnswer;
  } catch {
    return {};
  }
}

function wrongIn(answer: Partial<TrafficAnswer>, { id, bytes, answerBytes }: TrafficRecord["request"]) {
  const { front, back, letters } = answer;
  if (answer.id !== id) return `The answer is for request ${answer.id}`;
  const sum = sumOf(lettersOf(id, bytes));
  if (front?.sum !== sum) return `The front was sent other letters (${front?.sum}, not ${sum})`;
  if (back?.sum !== sum) return `The back was sent other letters (${back?.sum}, not ${sum})`;
  return letters === lettersOf(id, answerBytes) ? undefined : "The answer has other letters";
}
