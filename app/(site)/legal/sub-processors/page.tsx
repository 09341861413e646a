import { serverApi } from "@/app/_trpc/server";
import { proseComponents } from "@/app/_ui/prose";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { pageMetadata } from "../../_data/page-metadata";

export const metadata = pageMetadata({
  path: "/legal/sub-processors",
  title: "Sub-processors",
  description: "The companies that may see data of yours, from the configuration of this installation.",
});

const { h1: Title, h2: Heading, p: Text } = proseComponents;

/** Drawn from what is configured and from the catalogue, so that the list is never behind the software. */
export default async function SubProcessorsPage() {
  const api = await serverApi();
  const { infrastructure, providers } = await api.site.facts();
  return (
    <>
      <Title>Sub-processors</Title>
      <Text>
        These companies may process data of yours for us. The list is drawn from the configuration of this
        installation, so a new one is on it as soon as it is used.
      </Text>
      <Heading id="infrastructure">Infrastructure</Heading>
      {infrastructure.length === 0 ? (
        <Text>
          This installation is configured with no outside service for its database, counters, mail or
          payments. Its operator runs them itself; where the servers stand is for the operator to say.
        </Text>
      ) : (
        <div className="surface my-6 overflow-hidden">
          <Table caption="Services and what they do" hideCaption>
            <TableHead>
              <tr>
                <HeaderCell>Service</HeaderCell>
                <HeaderCell>Purpose</HeaderCell>
              </tr>
            </TableHead>
            <TableBody>
              {infrastructure.map(({ name, purpose }) => (
                <tr key={name}>
                  <RowHeader>{name}</RowHeader>
                  <Cell>{purpose}</Cell>
                </tr>
              ))}
            </TableBody>
          </Table>
        </div>
      )}
      <Heading id="providers">Providers of models</Heading>
      <Text>
        A prompt goes to the provider that answers it, and to those that were tried before. You decide which
        may: by the request, the key, or the policy of your organization. “Unknown” counts as the worse answer
        there.
      </Text>
      {providers.some(({ isSimulated }) => isSimulated) && (
        <Text>
          A provider that is marked as simulated is answered by this installation itself: nothing goes to that
          company.
        </Text>
      )}
      <div className="surface my-6 overflow-hidden">
        <Table caption="Providers and how they treat prompts" hideCaption phone="stack">
          <TableHead>
            <tr>
              <HeaderCell>Provider</HeaderCell>
              <HeaderCell>Trains on prompts</HeaderCell>
              <HeaderCell>Keeps prompts</HeaderCell>
              <HeaderCell>Regions</HeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {providers.map(({ slug, name, isSimulated, dataPolicy }) => (
              <tr key={slug}>
                <RowHeader>
                  {name}
                  {isSimulated && " (simulated)"}
                </RowHeader>
                <Cell label="Trains on prompts">{yesNo(dataPolicy.trainsOnPrompts)}</Cell>
                <Cell label="Keeps prompts">{retention(dataPolicy.retentionDays)}</Cell>
                <Cell label="Regions">{dataPolicy.regions.join(", ") || "unknown"}</Cell>
              </tr>
            ))}
          </TableBody>
        </Table>
      </div>
    </>
  );
}

function yesNo(value: boolean | null): string {
  return value === null ? "unknown" : value ? "yes" : "no";
}

function retention(days: number | null): string {
  return days === null ? "unknown" : days === 0 ? "no" : `${days} days`;
}
