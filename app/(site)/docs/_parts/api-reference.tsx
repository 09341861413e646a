import { Badge } from "@/app/_ui/badge";
import { CodeBlock } from "@/app/_ui/code-block";
import { openApiDocument } from "@/server/management/openapi";
import { apiBaseUrl } from "../../_data/site-url";

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}
interface Content {
  readonly "application/json"?: { readonly schema: Schema; readonly example?: object };
}
interface Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly "x-scope"?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Every operation of `/openapi.json`, drawn from the same document. */
export async function ApiReference() {
  const baseUrl = await apiBaseUrl();
  const { paths } = JSON.parse(JSON.stringify(openApiDocument(baseUrl))) as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  return tags.map((tag) => (
    <section key={tag} aria-labelledby={`tag-${tag}`} className="mt-12">
      <h2 id={`tag-${tag}`} className="font-semibold text-xl">
        {tag}
      </h2>
      <div className="mt-4 divide-y divide-line border-line border-y">
        {operations
          .filter(({ operation }) => operation.tags.includes(tag))
          .map((each) => (
            <OperationEntry key={`${each.method} ${each.path}`} baseUrl={baseUrl} {...each} />
          ))}
      </div>
    </section>
  ));
}

interface OperationEntryProps {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
  readonly baseUrl: string;
}

function OperationEntry({ path, method, operation, baseUrl }: OperationEntryProps) {
  const scope = operation["x-scope"];
  const body = operation.requestBody?.content["application/json"];
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
  const answer = success?.[1].content?.["application/json"]?.schema;
  return (
    <article className="min-w-0 py-6">
      <h3 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-base tracking-normal">
        <Badge tone="accent">{method}</Badge>
        <code className="break-all font-mono text-[0.9375rem]">{path}</code>
        {scope && <Badge>{scope}</Badge>}
      </h3>
      <p className="mt-2 leading-7">{operation.summary}.</p>
      {operation.parameters && (
        <Fields
          title="Parameters"
          fields={operation.parameters.map((each) => ({
            name: each.name,
            note: each.in,
            isRequired: each.required === true,
            schema: { ...each.schema, description: each.description ?? each.schema.description ?? "" },
          }))}
        />
      )}
      {body && <Fields title="Body" fields={fieldsOf(body.schema)} />}
      {answer && <Fields title={`Answer ${success?.[0]}`} fields={fieldsOf(answer)} />}
      {body?.example && (
        <CodeBlock
          className="mt-4"
          language="bash"
          title="curl"
          code={`curl -X ${method} ${baseUrl}${path} \\\n  -H "Authorization: Bearer $MANAGEMENT_KEY" \\\n  -d '${JSON.stringify(body.example)}'`}
        />
      )}
    </article>
  );
}

interface FieldItem {
  readonly name: string;
  readonly note?: string;
  readonly isRequired: boolean;
  readonly schema: Schema;
}

function fieldsOf(schema: Schema): FieldItem[] {
  // A page: what matters is the thing in it.
  const item = schema.properties?.data?.items;
  const inner = item?.properties
    ? Object.entries(item.properties).map(([name, each]) => ({
        name: `data[].${name}`,
        isRequired: false,
        schema: each,
      }))
    : [];
  const own = Object.entries(schema.properties ?? {}).map(([name, each]) => ({
    name,
    isRequired: schema.required?.includes(name) ?? false,
    schema: each,
  }));
  return [...own, ...inner];
}

function Fields({ title, fields }: { readonly title: string; readonly fields: readonly FieldItem[] }) {
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer py-1 font-medium text-sm">
        {title} <span className="text-ink-2">({fields.length})</span>
      </summary>
      <dl className="mt-2 grid gap-2 text-sm">
        {fields.map(({ name, note, isRequired, schema }) => (
          <div key={`${note} ${name}`} className="grid gap-x-4 sm:grid-cols-[14rem_1fr]">
            <dt className="break-all font-mono">{name}</dt>
            <dd className="min-w-0 text-ink-2">
              {[typeOf(schema), note && `in ${note}`, isRequired && title !== "Answer" && "required"]
                .filter(Boolean)
                .join(" · ")}
              {schema.description && <> — {schema.description}</>}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `“${value}”`).join(" | ");
  const types = [schema.type ?? []].flat();
  return types
    .map((type) => (type === "array" ? `${schema.items ? typeOf(schema.items) : "any"}[]` : type))
    .join(" | ");
}
