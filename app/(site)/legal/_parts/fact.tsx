import { serverApi } from "@/app/_trpc/server";
import type { CompanyFacts } from "@/server/trpc";

const WHAT: Readonly<Record<keyof CompanyFacts, string>> = {
  name: "name of the company",
  address: "address of the company",
  governingLaw: "governing law",
  supportEmail: "contact address",
};

/** A fact of whoever runs this installation. One that was not configured is marked, never made up. */
export async function Fact({ of }: { readonly of: keyof CompanyFacts }) {
  const api = await serverApi();
  const { company } = await api.site.facts();
  return (
    company[of] ?? <mark className="rounded bg-warning-soft px-1 text-warning">[{WHAT[of]} missing]</mark>
  );
}

/** What is missing before anybody can rely on these pages. Nothing once the operator has said everything. */
export async function ReviewNotice() {
  const api = await serverApi();
  const { company } = await api.site.facts();
  const missing = (Object.keys(WHAT) as (keyof CompanyFacts)[]).filter((fact) => company[fact] === null);
  if (missing.length === 0) return null;
  return (
    <p
      role="note"
      className="mb-8 rounded-lg border border-warning/40 bg-warning-soft px-4 py-3 text-sm text-warning"
    >
      Not ready to be relied on: the operator of this installation has not configured the{" "}
      {missing.map((fact) => WHAT[fact]).join(", ")}, and has to have this text reviewed by a lawyer.
    </p>
  );
}
