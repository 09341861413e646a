import { publicProcedure, router } from "../init";

/** What the public pages say of whoever runs this installation. */
export const siteRouter = router({
  /** Null for every fact that the operator has not configured. Providers: the companies that requests go to. */
  facts: publicProcedure.query(async ({ ctx }) => {
    const { company, infrastructure, catalog } = ctx.services;
    const { models } = await catalog.current();
    const providers = new Map(
      models.flatMap(({ endpoints }) =>
        endpoints.map(({ provider: { slug, name, isSimulated, dataPolicy } }) => [
          slug,
          { slug, name, isSimulated, dataPolicy },
        ]),
      ),
    );
    return {
      company,
      infrastructure,
      providers: [...providers.values()].sort((a, b) => a.name.localeCompare(b.name, "en")),
    };
  }),
});
