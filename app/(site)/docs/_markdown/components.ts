import { KEY_PLACEHOLDER, toSnippets } from "@/app/dashboard/_first-run/snippets";
import { EVENT_TYPES, type EventType } from "@/server/events/catalog";
import { openApiDocument } from "@/server/management/openapi";
import { isAllowed, PERMISSIONS, type Permission, ROLES } from "@/server/organizations/permissions";
import { ERROR_CODES, type ErrorCode, errorCodeEntry } from "@/server/platform/error-codes";
import { carriedTables } from "@/server/protocols/carried";
import { FEATURES } from "../../_content/features";
import { ERROR_ADVICE } from "../_parts/error-advice";
import { DOCS_PAGES } from "../_parts/pages";
import { NODE_RECEIVER, PYTHON_VERIFY } from "../_parts/webhook-samples";
import { SAMPLE_SETS, type SampleSetName } from "../_samples";
import { fillIn } from "../_samples/sample-set";

/** What the components of the docs' pages say, as Markdown. Every component that a page uses needs an entry here. */
export const MARKDOWN_COMPONENTS: Readonly<
  Record<string, (attributes: Readonly<Record<string, string>>, baseUrl: string) => string>
> = {
  BaseUrl: (_, baseUrl) => `\`${baseUrl}\``,
  Sample: ({ code = "", language = "", title }, baseUrl) =>
    `${title ? `${title}:\n\n` : ""}${fence(fillIn(code, baseUrl), language)}`,
  Samples: ({ set }, baseUrl) => samples(SAMPLE_SETS[set as SampleSetName].samples, baseUrl),
  QuickstartSamples: (_, baseUrl) =>
    samples(toSnippets({ baseUrl, apiKey: KEY_PLACEHOLDER, model: "openai/gpt-4.1-mini" }), baseUrl),
  WebhookCode: () => [fence(NODE_RECEIVER, "typescript"), fence(PYTHON_VERIFY, "python")].join("\n\n"),
  PageList: (_, baseUrl) =>
    DOCS_PAGES.slice(1)
      .map(({ href, label, about }) => `- [${label}](${new URL(baseUrl).origin}${href}.md): ${about}`)
      .join("\n"),
  FeatureStatus: () =>
    FEATURES.map(({ name, promise, today, inPreparation }) =>
      [
        `## ${name}`,
        promise,
        ...(today ? [`**Open:** ${today}`] : []),
        ...(inPreparation ? [`**In preparation:** ${inPreparation}`] : []),
      ].join("\n\n"),
    ).join("\n\n"),
  ErrorReference: () =>
    (Object.keys(ERROR_CODES) as ErrorCode[])
      .map((code) => {
        const { status, category, retryable, summary } = errorCodeEntry(code);
        const retry = retryable ? ", worth a retry" : "";
        return `### ${code}\n\n${status}, ${category}${retry}. ${summary} ${ERROR_ADVICE[code]}`;
      })
      .join("\n\n"),
  EventReference: () =>
    (Object.keys(EVENT_TYPES) as EventType[])
      .map((type) => {
        const { summary, sample } = EVENT_TYPES[type];
        return `### ${type}\n\n${summary}\n\n${fence(JSON.stringify(sample, null, 2), "json")}`;
      })
      .join("\n\n"),
  PermissionTable: () =>
    table(
      ["Permission", ...ROLES],
      (Object.keys(PERMISSIONS) as Permission[]).map((permission) => [
        `\`${permission}\``,
        ...ROLES.map((role) => (isAllowed(role, permission) ? "yes" : "–")),
      ]),
    ),
  CarriedReference: () =>
    carriedTables()
      .map(({ label, rows }) => {
        const lines = rows.map(({ field, outcome, reason, exceptions }) => [
          `\`${field}\``,
          outcome,
          [reason, ...exceptions.map((one) => `${one.provider}: ${one.outcome}; ${one.reason}`)]
            .filter(Boolean)
            .join(". "),
        ]);
        return `## ${label}\n\n${table(["Field", "Outcome", "Why"], lines)}`;
      })
      .join("\n\n"),
  ApiReference: (_, baseUrl) => {
    const { paths = {} } = openApiDocument(baseUrl) as {
      paths?: Record<string, Record<string, { summary?: string }>>;
    };
    const lines = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary = "" }]) => [
        `\`${method.toUpperCase()} ${path}\``,
        summary,
      ]),
    );
    return table(["Operation", "Does"], lines);
  },
};

function samples(
  list: readonly { readonly label: string; readonly language: string; readonly code: string }[],
  baseUrl: string,
): string {
  return list
    .map(({ label, language, code }) => `${label}:\n\n${fence(fillIn(code, baseUrl), language)}`)
    .join("\n\n");
}

function fence(code: string, language: string): string {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
