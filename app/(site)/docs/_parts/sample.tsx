import type { CodeLanguage } from "@/app/_ui/highlight";
import { apiBaseUrl } from "../../_data/site-url";
import { SAMPLE_SETS, type SampleSetName } from "../_samples";
import { fillIn } from "../_samples/sample-set";
import { FilledBlock, FilledTabs } from "./filled-code";

interface SampleProps {
  readonly code: string;
  readonly language: CodeLanguage;
  readonly title?: string;
}

/** A sample with BASE_URL replaced by the base URL of this installation, and ORIGIN by its address. */
export async function Sample({ code, language, title }: SampleProps) {
  return <FilledBlock code={fillIn(code, await apiBaseUrl())} language={language} title={title} />;
}

/** A set of samples, one tab per language. */
export async function Samples({ set }: { readonly set: SampleSetName }) {
  const baseUrl = await apiBaseUrl();
  const { label, samples } = SAMPLE_SETS[set];
  return (
    <FilledTabs
      label={`${label}, by language`}
      samples={samples.map((sample) => ({ ...sample, code: fillIn(sample.code, baseUrl) }))}
    />
  );
}

/** The base URL of this installation, in running text. */
export async function BaseUrl() {
  return (
    <code className="break-words rounded-[5px] border border-line bg-sunken px-1 py-px font-mono text-[0.8125em]">
      {await apiBaseUrl()}
    </code>
  );
}
