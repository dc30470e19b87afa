import type { Histogram } from "../../kit/histogram.ts";

type Labels = Readonly<Record<string, string>>;

/** A metric and its help, as Prometheus reads them. */
export interface MetricHead {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
}

/** One value of a metric. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function headText({ name, type, help }: MetricHead): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/**
 * A metric with its values in Prometheus' text format; nothing where it has none.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricText(head: MetricHead, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map(({ labels = {}, value }) => `${head.name}${labelsText(labels)} ${value}\n`);
  return headText(head) + lines.join("");
}

/** A metric of times or sizes. */
export function histogramText(
  head: MetricHead,
  histograms: readonly { readonly labels?: Labels; readonly histogram: Histogram }[],
): string {
  if (histograms.length === 0) return "";
  let text = headText(head);
  for (const { labels = {}, histogram } of histograms) {
    let sum = 0;
    for (const [at, count] of histogram.counts.entries()) {
      sum += count;
      const le = at < histogram.bounds.length ? String(histogram.bounds[at]) : "+Inf";
      text += `${head.name}_bucket${labelsText({ ...labels, le })} ${sum}\n`;
    }
    text += `${head.name}_sum${labelsText(labels)} ${histogram.sum}\n`;
    text += `${head.name}_count${labelsText(labels)} ${histogram.count}\n`;
  }
  return text;
}
