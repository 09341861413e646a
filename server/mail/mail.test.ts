import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manualClock } from "@/server/platform/clock";
import { accountExistsMail, createMailbox, createMailer, resetPasswordMail, verifyEmailMail } from ".";
import { renderHtml } from "./render";

const URL_IN_MAIL = "http://site.example/verify-email?token=abc&x=1";
const mailTo = (name: string) =>
  verifyEmailMail({ to: "ada@example.com", name, url: URL_IN_MAIL, validHours: 24 });

/** Harm: a name that somebody typed becomes markup, or a link of theirs, in a mail of ours. */
describe("templates", () => {
  it("keep what people typed inert", async () => {
    const { text, letter } = mailTo(`<img src=x onerror=alert(1)>"'&`);
    const html = await renderHtml(letter);
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;");
    expect(html).not.toContain("<img");
    expect(html).toContain('href="http://site.example/verify-email?token=abc&amp;x=1"');
    expect(text).toContain(URL_IN_MAIL);
  });

  it("say the same in text and HTML", async () => {
    const mails = [
      mailTo("Ada"),
      resetPasswordMail({ to: "a@example.com", name: "Ada", url: URL_IN_MAIL, validHours: 1 }),
      accountExistsMail({
        to: "a@example.com",
        signInUrl: "http://s.example/sign-in",
        forgotUrl: "http://s.example/f",
      }),
    ];
    for (const { text, letter } of mails) {
      const html = await renderHtml(letter);
      const plain = html
        .replace(/<[^>]+>/g, " ")
        .replaceAll("&amp;", "&")
        .replaceAll("&#x27;", "'");
      const listed = (letter.facts ?? []).map(([label, value]) => `${label}: ${value}`);
      for (const paragraph of text
        .split(/\n+/)
        .filter((line) => !line.endsWith(":") && !listed.includes(line)))
        expect(plain).toContain(paragraph);
      for (const part of (letter.facts ?? []).flat()) expect(plain).toContain(part);
    }
  });
});

describe("mailbox", () => {
  const directory = mkdtempSync(join(tmpdir(), "mailbox-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  it("shows every process the same mails, newest first", async () => {
    const clock = manualClock();
    const mailer = createMailer({
      smtpUrl: undefined,
      from: "Us <us@example.com>",
      mailbox: createMailbox(join(directory, "deep"), clock),
    });
    expect(await createMailbox(join(directory, "deep")).list()).toEqual([]);
    await mailer.send(mailTo("Ada"));
    clock.advance(1);
    await mailer.send(mailTo("Bob"));
    const elsewhere = createMailbox(join(directory, "deep"));
    const [bob, ada] = await elsewhere.list();
    expect(bob?.text).toContain("Hello Bob");
    expect(await elsewhere.read(ada?.id ?? "")).toEqual(ada);
    expect(readdirSync(join(directory, "deep")).every((name) => name.endsWith(".json"))).toBe(true);
  });

  it("reads nothing but its own files", async () => {
    writeFileSync(join(directory, "secret.json"), "{}");
    const mailbox = createMailbox(join(directory, "deep"));
    for (const id of ["../secret", "..%2fsecret", "", "/etc/passwd", "00001750000000-0123456789ab"])
      expect(await mailbox.read(id)).toBeNull();
  });
});

describe("SMTP", () => {
  let received = "";
  const server = createServer((socket) => speakSmtp(socket, (line) => (received += `${line}\n`)));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const mailerAt = (port: number) =>
    createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: "Us <us@example.com>", mailbox: null });

  it("sends both parts to the one address", async () => {
    const address = server.address();
    await mailerAt(typeof address === "object" && address ? address.port : 0).send(mailTo("Ada"));
    expect(received).toContain("RCPT TO:<ada@example.com>");
    expect(received).toMatch(/^From: Us <us@example\.com>$/m);
    expect(received).toMatch(/^Content-Type: text\/plain/m);
    expect(received).toMatch(/^Content-Type: text\/html/m);
  });

  it("says unavailable when nobody answers, or nothing is configured", async () => {
    await expect(mailerAt(9).send(mailTo("Ada"))).rejects.toMatchObject({ code: "service_unavailable" });
    const none = createMailer({ smtpUrl: undefined, from: "", mailbox: null });
    expect(none.canSend).toBe(false);
    await expect(none.send(mailTo("Ada"))).rejects.toMatchObject({ code: "service_unavailable" });
  });
});

/** Just enough of RFC 5321 to take a mail. */
function speakSmtp(socket: Socket, take: (line: string) => void): void {
  let isData = false;
  socket.write("220 test\r\n");
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    for (const line of chunk.split("\r\n").filter((text) => text !== "")) {
      take(line);
      if (isData && line !== ".") continue;
      if (/^DATA$/i.test(line)) socket.write("354 go on\r\n");
      else if (/^QUIT$/i.test(line)) socket.end("221 bye\r\n");
      else socket.write("250 ok\r\n");
      isData = /^DATA$/i.test(line);
    }
  });
}
