import { KEY_PLACEHOLDER, toSnippets } from "@/app/dashboard/_first-run/snippets";
import { apiBaseUrl } from "../../_data/site-url";
import { FilledTabs } from "./filled-code";

/** The first request in five ways, with the base URL of this installation. */
export async function QuickstartSamples() {
  const samples = toSnippets({
    baseUrl: await apiBaseUrl(),
    apiKey: KEY_PLACEHOLDER,
    model: "openai/gpt-4.1-mini",
  });
  return <FilledTabs label="The first request, by language" samples={samples} />;
}
