import { z } from "zod";
import {
  archiveProject,
  createProject,
  listProjects,
  type Project,
  renameProject,
} from "@/server/organizations";
import { defineRoute, type RouteContext } from "../route";
import { cutPage, id, name, pageOf, paging, requireFound, time, toIso } from "../wire";

const params = z.strictObject({ project_id: id });
const project = z.object({
  id: z.string(),
  name: z.string(),
  is_default: z.boolean(),
  active_keys: z.number().int(),
  created_at: time,
  archived_at: time.nullable(),
});

export const projectRoutes = [
  defineRoute({
    method: "GET",
    path: "/organization/projects",
    scope: "projects:read",
    summary: "List projects, archived ones last",
    query: paging,
    answer: pageOf(project),
    run: async ({ tx, organizationId }, { query }) =>
      cutPage(await listProjects(tx, organizationId), query, toProject),
  }),
  defineRoute({
    method: "POST",
    path: "/organization/projects",
    scope: "projects:write",
    summary: "Create a project",
    body: z.strictObject({ name }),
    example: { name: "Search" },
    status: 201,
    answer: project,
    async run(context, { body }) {
      const { tx, clock, by, organizationId } = context;
      const made = await createProject(tx, clock, by, { organizationId, name: body.name });
      return readProject(context, made.id);
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organization/projects/{project_id}",
    scope: "projects:read",
    summary: "Read a project",
    params,
    answer: project,
    run: (context, input) => readProject(context, input.params.project_id),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organization/projects/{project_id}",
    scope: "projects:write",
    summary: "Rename a project",
    params,
    body: z.strictObject({ name }),
    example: { name: "Search, next" },
    answer: project,
    async run(context, { params: { project_id: projectId }, body }) {
      const { tx, clock, by, organizationId } = context;
      await renameProject(tx, clock, by, { organizationId, projectId, name: body.name });
      return readProject(context, projectId);
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/organization/projects/{project_id}",
    scope: "projects:write",
    summary: "Archive a project; its keys stop at once",
    params,
    answer: project,
    async run(context, { params: { project_id: projectId } }) {
      const { tx, clock, by, organizationId } = context;
      await archiveProject(tx, clock, by, { organizationId, projectId });
      return readProject(context, projectId);
    },
  }),
];

async function readProject({ tx, organizationId }: RouteContext, projectId: string) {
  const projects = await listProjects(tx, organizationId);
  return toProject(
    requireFound(
      projects.find((each) => each.id === projectId),
      "project",
    ),
  );
}

function toProject(of: Project): z.infer<typeof project> {
  return {
    id: of.id,
    name: of.name,
    is_default: of.isDefault,
    active_keys: of.activeKeys,
    created_at: of.createdAt.toISOString(),
    archived_at: toIso(of.archivedAt),
  };
}
