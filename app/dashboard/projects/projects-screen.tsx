"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { CopyButton } from "@/app/_ui/copy-button";
import { useMay } from "../_parts/actor";
import { ConfirmDialog } from "../_parts/confirm-dialog";
import { Instant } from "../_parts/instant";
import { NameDialog } from "../_parts/name-dialog";
import { activeKeysText, NamedListRow, NamedListScreen } from "../_parts/named-list-screen";

interface ProjectItem {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly createdAt: Date;
  readonly archivedAt: Date | null;
  readonly activeKeys: number;
}

/** Projects group keys, so that usage and budgets can be told apart. */
export function ProjectsScreen() {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const onSuccess = () => void cache.invalidateQueries({ queryKey: trpc.organization.projects.queryKey() });
  return (
    <NamedListScreen
      title="Projects"
      description="Every key belongs to a project. Budgets and usage can be told apart by it."
      query={useQuery(trpc.organization.projects.queryOptions())}
      create={useMutation(trpc.organization.createProject.mutationOptions({ onSuccess }))}
      words={{
        create: "Create project",
        dialogTitle: "Create a project",
        hint: "Such as “checkout assistant”, or the name of a customer.",
      }}
      row={(project) => <ProjectRow key={project.id} project={project} />}
    />
  );
}

function ProjectRow({ project }: { readonly project: ProjectItem }) {
  const mayManage = useMay("projects.manage");
  const [asks, setAsks] = useState<"rename" | "archive" | null>(null);
  const isArchived = project.archivedAt !== null;
  return (
    <NamedListRow
      name={
        <>
          <span className={`wrap-anywhere font-medium ${isArchived ? "text-ink-2" : ""}`}>
            {project.name}
          </span>
          {project.isDefault && <Badge>Default</Badge>}
          {isArchived && <Badge>Archived</Badge>}
        </>
      }
      facts={
        <>
          <span className="flex min-w-0 items-center gap-1">
            <code className="break-all font-mono text-xs">{project.id}</code>
            <CopyButton value={project.id} label={`Copy the id of ${project.name}`} />
          </span>
          <span>{activeKeysText(project.activeKeys)}</span>
          <span>
            {isArchived ? "Archived " : "Created "}
            <Instant value={project.archivedAt ?? project.createdAt} />
          </span>
        </>
      }
      actions={
        mayManage &&
        !isArchived && (
          <div className="flex gap-2">
            <Action name="Rename" of={project} onClick={() => setAsks("rename")} />
            {!project.isDefault && <Action name="Archive" of={project} onClick={() => setAsks("archive")} />}
            <Dialogs project={project} asks={asks} onClose={() => setAsks(null)} />
          </div>
        )
      }
    />
  );
}

function Action({
  name,
  of,
  onClick,
}: {
  readonly name: string;
  readonly of: ProjectItem;
  readonly onClick: () => void;
}) {
  return (
    <Button variant="secondary" size="sm" onClick={onClick} aria-label={`${name} ${of.name}`}>
      {name}
    </Button>
  );
}

interface DialogsProps {
  readonly project: ProjectItem;
  readonly asks: "rename" | "archive" | null;
  readonly onClose: () => void;
}

function Dialogs({ project, asks, onClose }: DialogsProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const done = {
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: trpc.organization.projects.queryKey() });
      void cache.invalidateQueries({ queryKey: trpc.keys.pathKey() });
      onClose();
    },
  };
  const rename = useMutation(trpc.organization.renameProject.mutationOptions(done));
  const archive = useMutation(trpc.organization.archiveProject.mutationOptions(done));
  const close = () => {
    rename.reset();
    archive.reset();
    onClose();
  };
  return (
    <>
      <NameDialog
        open={asks === "rename"}
        onClose={close}
        title={`Rename “${project.name}”`}
        hint="The id stays, so programs that name it go on."
        initial={project.name}
        submit="Rename"
        isPending={rename.isPending}
        error={rename.error}
        onSubmit={(name) => rename.mutate({ projectId: project.id, name })}
      />
      <ConfirmDialog
        open={asks === "archive"}
        onClose={close}
        title={`Archive “${project.name}”?`}
        confirm="Archive project"
        isPending={archive.isPending}
        error={archive.error}
        onConfirm={() => archive.mutate({ projectId: project.id })}
      >
        <p>
          Its {project.activeKeys === 1 ? "key stops" : `${project.activeKeys} keys stop`} at once and no new
          one can be made in it. What it spent stays in the logs. This cannot be undone.
        </p>
      </ConfirmDialog>
    </>
  );
}
