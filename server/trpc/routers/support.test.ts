// Harm prevented: a question that nobody ever sees, one customer's words before another, and a form that lets a stranger
// fill the table or have us write what they like to anybody's address.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerTicket, closeTicket, listAllTickets, readTicket, tellOfAnswer } from "@/server/support";
import { type Person, type TrpcFixture, trpcFixture } from "../fixtures";

let site: TrpcFixture;
let owner: Person;
let visitors = 0;
const operator = { kind: "operator", id: null, label: "Olga", ip: null } as const;
const question = { topic: "billing", subject: "A receipt", body: "Where do I find the receipt of May?" };

beforeAll(async () => {
  site = await trpcFixture();
  owner = await site.person();
});
afterAll(() => site.database.close());

function visitor(): Headers {
  visitors += 1;
  return new Headers({
    origin: site.services.appUrl,
    "x-forwarded-for": `192.0.2.${visitors}`,
    "x-real-ip": `192.0.2.${visitors}`,
  });
}
const deps = () => ({ ...site.services, supportEmail: site.services.company.supportEmail });
const mailsTo = (to: string) => site.sent.filter((mail) => mail.to === to);
const write = (email: string, headers: Headers, rest = {}) =>
  site.call("support.write", { name: "Ada", email, ...question, ...rest }, headers);

describe("a member's ticket", () => {
  it("is listed, answered by mail, and open again after a reply", async () => {
    const { data } = await site.call("support.open", question, owner.headers);
    const { id, email } = data as { id: string; email: string };
    await site.settle();
    expect(mailsTo("support@site.example").at(-1)?.text).toContain(question.body);
    expect(mailsTo(email).at(-1)?.text).toContain(`/dashboard/support/${id}`);
    const listed = await site.call("support.tickets", {}, owner.headers);
    expect(listed.data).toMatchObject({
      tickets: [{ id, status: "open", priority: "normal" }],
      cursor: null,
    });

    const { db, clock } = site.services;
    const answered = await db.transaction((tx) =>
      answerTicket(tx, clock, operator, { ticketId: id, name: "Olga", body: "On the billing page." }),
    );
    await tellOfAnswer(deps(), answered);
    expect(mailsTo(email).at(-1)?.text).toContain("On the billing page.");
    const seen = await site.call("support.ticket", { ticketId: id }, owner.headers);
    expect(seen.data).toMatchObject({
      status: "answered",
      messages: [{ author: "customer" }, { author: "operator", authorName: "Olga" }],
    });

    await site.call("support.close", { ticketId: id }, owner.headers);
    const late = { ticketId: id, name: "Olga", body: "One more thing." };
    await expect(db.transaction((tx) => answerTicket(tx, clock, operator, late))).rejects.toMatchObject({
      code: "conflict",
    });
    const reply = { ticketId: id, body: "Found it. Thank you!" };
    expect((await site.call("support.reply", reply, owner.headers)).data).toMatchObject({ status: "open" });
  });

  it("comes first under a live commitment with a level of support above the standard", async () => {
    const under = async (status: string, slaTier: string) => {
      const person = await site.person();
      await site.database.pool.query(
        `INSERT INTO commitment (id, organization_id, status, yearly_nano_usd, discount_basis_points, schedule, sla_tier, valid_until)
         VALUES ($1, $2, $3, 1, 0, 'annual', $4, now())`,
        [`cmt_${status}_${slaTier}`, person.organizationId, status, slaTier],
      );
      await site.call("support.open", question, person.headers);
      return person.organizationId;
    };
    const first = [await under("active", "priority"), await under("past_due", "dedicated")];
    for (const [status, slaTier] of [
      ["active", "standard"],
      ["canceled", "priority"],
      ["quoted", "dedicated"],
    ] as const)
      await under(status, slaTier);
    const { tickets } = await listAllTickets(site.services.db, { priority: "high", limit: 10 });
    expect(tickets.map(({ organizationId }) => organizationId).sort()).toEqual(first.sort());
  });

  it("is audited without its words", async () => {
    const { rows } = await site.database.pool.query(
      "SELECT action, after::text FROM audit_event WHERE chain = $1 AND target_kind = 'ticket' ORDER BY sequence",
      [owner.organizationId],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      "support.ticket_opened",
      "support.ticket_answered",
      "support.ticket_closed",
    ]);
    expect(JSON.stringify(rows)).not.toContain("receipt of May");
  });
});

describe("a visitor's message", () => {
  it("is kept, and sends nothing that they wrote to the address that they gave", async () => {
    const { code, data } = await write("victim@example.com", visitor(), {
      subject: "Buy now",
      body: "http://evil.example now!",
    });
    expect(code).toBe("ok");
    await site.settle();
    const { id } = data as { id: string };
    const [mail] = mailsTo("victim@example.com");
    expect(mail?.text).toContain(id);
    expect(mail?.text).not.toMatch(/Buy now|evil\.example/);
    expect(await readTicket(site.services.db, { ticketId: id, organizationId: null })).toMatchObject({
      organizationId: null,
      messages: [{ author: "customer", authorName: "Ada" }],
    });
  });

  it("belongs to no organization, and to the sender's once they are signed in", async () => {
    const own = await site.person();
    const { data } = await write("somebody.else@example.com", own.headers);
    const { id, email } = data as { id: string; email: string };
    expect(email).not.toBe("somebody.else@example.com");
    expect((await site.call("support.ticket", { ticketId: id }, own.headers)).code).toBe("ok");
  });

  it("can be sent five times an hour for one address, and ten from one client", async () => {
    const codes = async (send: (n: number) => ReturnType<typeof write>, times: number) => {
      const all = [];
      for (let n = 0; n < times; n += 1) all.push((await send(n)).code);
      return all.filter((code) => code === "ok").length;
    };
    expect(await codes(() => write("often@example.com", visitor()), 7)).toBe(5);
    const one = visitor();
    expect(await codes((n) => write(`many${n}@example.com`, one), 12)).toBe(10);
  });
});

describe("a contact request", () => {
  it("says how much a year, and is listed apart", async () => {
    const form = {
      name: "Ada",
      email: "cfo@example.com",
      company: "Analytical Engines",
      body: "We spend a lot each month.",
    };
    const bad = await site.call("support.contact", { ...form, yearlyAmountUsd: "-5" }, visitor());
    expect(bad.code).toBe("invalid_request");
    await site.call("support.contact", { ...form, yearlyAmountUsd: "60000" }, visitor());
    await site.call("support.contact", { ...form, yearlyAmountUsd: "" }, visitor());
    const { tickets } = await listAllTickets(site.services.db, {
      topic: "commitment",
      status: "unsolved",
      limit: 10,
    });
    expect(tickets.map(({ company, yearlyAmountNanoUsd }) => [company, yearlyAmountNanoUsd])).toEqual([
      ["Analytical Engines", null],
      ["Analytical Engines", 60_000_000_000_000n],
    ]);
  });

  it("can be paged and closed by an operator", async () => {
    const { db, clock } = site.services;
    const first = await listAllTickets(db, { topic: "commitment", limit: 1 });
    const second = await listAllTickets(db, { topic: "commitment", limit: 1, cursor: first.cursor });
    expect(second).toMatchObject({ tickets: [{ yearlyAmountNanoUsd: 60_000_000_000_000n }], cursor: null });
    const ticketId = second.tickets[0]?.id ?? "";
    const closed = await db.transaction((tx) =>
      closeTicket(tx, clock, operator, { ticketId, organizationId: null }),
    );
    expect(closed.status).toBe("closed");
    await expect(listAllTickets(db, { limit: 1, cursor: "x" })).rejects.toMatchObject({
      code: "invalid_request",
    });
  });
});
