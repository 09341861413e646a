import { extendZodWithOpenApi, OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import { ERROR_CODES, type ErrorCode, errorCodeEntry } from "@/server/platform/error-codes";
import { INFERENCE_OUTLINE } from "./inference-outline";
import type { Route } from "./route";
import { ROUTES } from "./routes";

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const MANAGEMENT_KEY = [{ managementKey: [] }];
const INFERENCE_KEY = [{ inferenceKey: [] }];

// Only schemas made after this can be named.
extendZodWithOpenApi(z);

const errorBody = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    code: z.enum(CODES as [ErrorCode, ...ErrorCode[]]),
    param: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
  }),
});

/**
 * The OpenAPI 3.1 document: the management API from the schemas that judge its requests, an outline of the inference API,
 * whose bodies are those of the protocols' own references, and every error code.
 * @param serverUrl base URL, with `/v1`
 */
export function openApiDocument(serverUrl: string) {
  const registry = new OpenAPIRegistry();
  registry.register("Error", errorBody);
  registry.registerComponent("securitySchemes", "managementKey", {
    type: "http",
    scheme: "bearer",
    description: "A management key (`dtm_…`). Changes the organization within its scopes; calls no model.",
  });
  registry.registerComponent("securitySchemes", "inferenceKey", {
    type: "http",
    scheme: "bearer",
    description: "An API key (`dtk_…`). Calls models; changes nothing.",
  });
  const json = (schema: unknown) => ({ "application/json": { schema: schema as z.ZodType } });
  registry.registerComponent("responses", "Refusal", {
    description: errorText(),
    content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
  });
  const refusals = { default: { $ref: "#/components/responses/Refusal" } };
  for (const route of ROUTES) registry.registerPath(toPath(route, json, refusals));
  for (const [path, method, summary] of INFERENCE_OUTLINE)
    registry.registerPath({
      path,
      method,
      summary,
      tags: ["Inference"],
      request: { params: pathParams(path) },
      security: path.startsWith("/content/") ? [] : INFERENCE_KEY,
      responses: { 200: { description: "See the docs of the endpoint." }, ...refusals },
    });
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "DeepTokenInference Gateway",
      version: "1",
      description: "Inference at every model through one key, and the management of an organization.",
    },
    servers: [{ url: serverUrl }],
  });
  return { ...document, "x-error-codes": errorCodes() };
}

function toPath(
  route: Route,
  json: (schema: unknown) => Record<string, { schema: z.ZodType }>,
  refusals: object,
) {
  const isWrite = route.method !== "GET";
  const headers = z.object({
    "Idempotency-Key": z
      .string()
      .max(255)
      .optional()
      .describe("Repeats of the same request with the same key are done once and told the same, for a day."),
  });
  return {
    path: route.path,
    method: route.method.toLowerCase() as Lowercase<Route["method"]>,
    summary: route.summary,
    description: `Takes the scope \`${route.scope}\`.`,
    tags: [tagOf(route)],
    security: MANAGEMENT_KEY,
    "x-scope": route.scope,
    request: {
      params: route.params as z.ZodObject,
      query: route.query as z.ZodObject,
      ...(isWrite && { headers }),
      ...(route.body && {
        body: {
          required: true,
          content: { "application/json": { schema: route.body, example: route.example } },
        },
      }),
    },
    responses: {
      [route.status]: { description: "Done.", content: json(route.answer) },
      ...refusals,
    },
  };
}

/** The `{names}` of a path, each a text. */
function pathParams(path: string) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  return z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
}

function tagOf({ path }: Route): string {
  const noun = path.split("/")[2] ?? "";
  return noun.startsWith("webhook") ? "Webhooks" : noun.charAt(0).toUpperCase() + noun.slice(1);
}

function errorText(): string {
  return `A refusal. \`code\` is one of: ${CODES.map((code) => `${code} (${errorCodeEntry(code).status})`).join(", ")}.`;
}

function errorCodes() {
  return CODES.map((code) => {
    const { status, category, type, retryable, summary } = errorCodeEntry(code);
    return { code, status, category, type, retryable, summary };
  });
}
