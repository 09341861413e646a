// Harm prevented: a reference that leaves out an endpoint, names one that there is not, or says another shape than the one
// that judges requests, so that a client generated from it does not work.
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { methodsOf, OWN_ROUTES } from "@/server/gateway/gateway";
import { APIS } from "@/server/gateway/routes";
import { openApiDocument } from "./openapi";
import { ROUTES } from "./routes";

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const document = JSON.parse(JSON.stringify(openApiDocument("https://api.example/v1"))) as Document;
const named = new Set(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  ),
);

it("is the one that is committed: after a change that is meant, run this test with --update and look at the difference", async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot("./openapi.snapshot.json");
});

it("names every endpoint of the inference API with every method that it answers", () => {
  const patterns = [
    "/responses/{response_id}",
    "/responses/{response_id}/input_items",
    "/responses/{response_id}/cancel",
    "/content/{token}",
    "/videos/{video_id}",
    "/videos/{video_id}/content",
    "/models/{author}/{slug}",
    "/models/{author}/{slug}/endpoints",
  ];
  const answered = [...Object.keys(APIS), ...Object.keys(OWN_ROUTES), ...patterns].flatMap((path) =>
    Object.keys(methodsOf(path.replace(/[{}]/g, "")) ?? {}).map((method) => `${method} ${path}`),
  );
  expect(answered.length).toBeGreaterThan(25);
  expect(answered.filter((each) => !named.has(each))).toEqual([]);
  const managed = ROUTES.map((route) => `${route.method} ${route.path}`);
  expect([...named].sort()).toEqual([...answered, ...managed].sort());
});

it("names a path for every route file of the API", () => {
  const files = execFileSync("git", ["ls-files", "app/v1/**/route.ts"], { encoding: "utf8" });
  const roots = files
    .split("\n")
    .map((file) => file.slice("app/v1".length, -"/route.ts".length).replace(/\/\[.*$/, ""))
    .filter((path) => path !== "");
  expect(roots.length).toBeGreaterThan(15);
  const paths = Object.keys(document.paths);
  expect(roots.filter((root) => !paths.some((path) => path === root || path.startsWith(`${root}/`)))).toEqual(
    [],
  );
});
